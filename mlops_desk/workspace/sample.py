"""The sample project: three members live one whole turn of the cycle, with real acts on planted data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mlops_desk.areas.datasets.column import Classify, ConfirmClasses
from mlops_desk.areas.datasets.dataset import AddDataset, AddVersion
from mlops_desk.areas.datasets.profile import ProfileVersion
from mlops_desk.areas.deployments.release import GoLive, PlanRelease, RollBack
from mlops_desk.areas.experiments.model import RegisterModel
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.experiments.train import Train
from mlops_desk.areas.goals.kpi import AdoptKpi, RecordCheckIn
from mlops_desk.areas.governance.answer import AnswerItem, ConfirmAnswers
from mlops_desk.areas.governance.exception import AskException, SignException
from mlops_desk.areas.governance.gate import AskGate, SignGate, subject_of
from mlops_desk.areas.governance.queries import gate_standing
from mlops_desk.areas.governance.standing import ItemStanding
from mlops_desk.areas.monitoring.check import CheckMonitors
from mlops_desk.areas.monitoring.monitor import Alert, DecideAlert
from mlops_desk.areas.team.member import Admit
from mlops_desk.areas.updates.retrain import Proposal, Retrain
from mlops_desk.catalogue import RULES
from mlops_desk.kernel import child, clock
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.science.sample import SampleFiles, SampleJob, make_sample
from mlops_desk.workspace.door import Workspace
from mlops_desk.workspace.founding import Founder, found, join
from mlops_desk.workspace.project import MARKER, Project, load
from mlops_desk.workspace.sample_words import (
    CARD_FIELDS,
    DATASET,
    EVIDENCE,
    KEY_RESULTS,
    MEMBERS,
    MODEL,
    OBJECTIVE,
    QUALITY_KPI,
    TIME_KPI,
    TRAINING,
    USE_CASE,
    USE_CASE_FIELDS,
)

STAGES = 8
REPORT = "reports/kpi.pdf"


@dataclass
class _Story:
    """Three open desks on one folder, and how far the story is."""

    desks: dict[str, Workspace]
    progress: Progress
    stop: child.Stop
    done: int = 0
    facts: list[str] = field(default_factory=list)

    def stage(self, words: str) -> None:
        """Begin a stage."""
        self.progress(words, self.done, STAGES)
        self.done += 1

    def act(self, role: str, act: Act) -> Changes:
        """Let the member who holds a role act in it."""
        name = next(each for each, roles in MEMBERS.items() if role in roles)
        desk = self.desks[name]
        desk.refresh()
        desk.act_as(role, remember=False)
        return desk.do(act, stop=self.stop)

    @property
    def any(self) -> Workspace:
        """A desk to ask."""
        desk = next(iter(self.desks.values()))
        desk.refresh()
        return desk


def is_complete(folder: Path) -> bool:
    """Tell whether a folder holds a sample that was lived to its end."""
    return (folder / REPORT).exists() and (folder / MARKER).exists() and load(folder).is_sample


def live_the_cycle(folder: Path, progress: Progress, stop: child.Stop) -> list[str]:
    """Found the sample in a folder and live one turn of the cycle; returns what the desk found, in sentences.

    Raises:
        DeskError: the folder holds something else.
        Cancelled: somebody stopped it.
    """
    story = _Story({}, progress, stop)
    story.stage(_("Found the team"))
    made = _team(folder)
    try:
        story.desks = {name: Workspace(made.folder, me=name) for name in MEMBERS}
        _goals(story)
        files: SampleFiles = child.run(make_sample, SampleJob(folder=str(_data_folder(made))), progress, stop)
        _data(story, files)
        version = _train(story)
        _pass_gate(story, version)
        _release(story, version)
        alert = _watch(story, files)
        _improve(story, files, alert)
        _report(story, made.folder)
    finally:
        for desk in story.desks.values():
            desk.close()
    progress(_("Done"), STAGES, STAGES)
    return story.facts


def _team(folder: Path) -> Project:
    (first, roles), *others = MEMBERS.items()
    founder = Founder.parse(f"{first} <{first.split()[0].lower()}@example.org>", roles)
    made = found(
        folder, _("Loan decisions (sample)"), _("Decide on loans fairly within an hour."), founder, is_sample=True
    )
    for name, held in others:
        join(made, Founder.parse(f"{name} <{name.split()[0].lower()}@example.org>", held))
    with Workspace(made.folder, me=first) as desk:
        for name, held in others:
            desk.do(Admit(request=name, roles=held))
    return made


def _data_folder(made: Project) -> Path:
    """Return the place of the sample's files: private, since they hold personal columns."""
    folder = made.private / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _goals(story: _Story) -> None:
    story.stage(_("Say what success is"))
    start, due = clock.today() - timedelta(days=120), clock.today() + timedelta(days=120)
    period: dict[str, Any] = {"start": start, "due": due}
    aim = {"name": OBJECTIVE, "use_case": USE_CASE, "owner": "ai-architect", **period}
    story.act("ai-architect", RULES.act("use-case.add", **USE_CASE_FIELDS))
    story.act("ai-architect", RULES.act("objective.add", **aim))
    story.act("domain-expert", RULES.act("kpi.add", **TIME_KPI, **period))
    story.act("data-scientist", RULES.act("kpi.add", **QUALITY_KPI))
    story.act("ai-ethics", AdoptKpi(template="T2", baseline=0.55, target=0.80, rhythm=60, use_case=USE_CASE, **period))
    story.act("domain-expert", AdoptKpi(template="B4", low=2.0, high=15.0, use_case=USE_CASE))
    story.act("data-engineer", AdoptKpi(template="D1", baseline=97.0, target=99.0, rhythm=14, **period))
    for name, kpi in KEY_RESULTS.items():
        story.act("ai-architect", RULES.act("key-result.add", name=name, objective=OBJECTIVE, kpi=kpi))
    for days, value in ((120, 95.0), (90, 88.0), (60, 76.0), (30, 66.5), (2, 62.0)):
        reading = RecordCheckIn(kpi=TIME_KPI["name"], value=value, on=_before(days), note="median of the branches")
        story.act("domain-expert", reading)
    story.act("domain-expert", RecordCheckIn(kpi="Overrule rate", value=7.0, on=_before(5)))
    story.act("data-engineer", RecordCheckIn(kpi="Feeds on time", value=96.0, on=_before(40)))


def _before(days: int) -> date:
    return clock.today() - timedelta(days=days)


def _data(story: _Story, files: SampleFiles) -> None:
    story.stage(_("Bring data, profile it, class it"))
    story.act(
        "data-engineer", AddDataset(file=files.first, name=DATASET, row_means="one loan application", use_case=USE_CASE)
    )
    story.act("data-engineer", ProfileVersion(version=DATASET))
    known = "known to the team"
    story.act("data-engineer", Classify(dataset=DATASET, column="application", security="confidential", reason=known))
    story.act("data-engineer", Classify(dataset=DATASET, column="applicant", security="pii", reason=known))
    story.act("data-engineer", ConfirmClasses(dataset=DATASET))
    story.act(
        "data-engineer",
        RULES.act(
            "dataset.edit",
            id=DATASET,
            owner="data-engineer",
            licence="own records",
            lawful_basis="contract",
            purpose="Deciding on loans.",
            motivation="Gathered by the bank when people apply.",
            not_for="Advertising.",
            gaps="No loans to companies.",
        ),
    )


def _train(story: _Story) -> str:
    story.stage(_("Train, after the leak is named"))
    without_care = {**TRAINING, "drop": ("application", "applicant", "mail")}
    try:
        story.act("data-scientist", Train(version=DATASET, **without_care))
    except DeskError as refused:
        story.facts.append(refused.sentence)
    run = story.act("data-scientist", Train(version=DATASET, **TRAINING))
    story.act("data-scientist", RecordCheckIn(kpi="Quality of proposals"))
    return _register(story, run.id, "first version")


def _register(story: _Story, run: str, note: str) -> str:
    made = story.act("data-scientist", RegisterModel(run=run, name=MODEL, note=note))
    story.act("data-scientist", RULES.act("model-card.edit", id=MODEL, use_case=USE_CASE, **CARD_FIELDS))
    found = story.any.ask(lambda rows: rows.get(Run, run))
    for audit in found.fairness:
        if audit.selection_ratio.value is not None and audit.selection_gap.value is not None:
            story.facts.append(
                _(
                    "{name}: the shares chosen by {attribute} differ by {gap} (ratio {ratio}).",
                    name=found.label,
                    attribute=audit.attribute,
                    gap=f"{audit.selection_gap.value:.2f}",
                    ratio=f"{audit.selection_ratio.value:.2f}",
                )
            )
            story.act(
                "ai-ethics", RecordCheckIn(kpi="Lowest choice ratio", value=round(audit.selection_ratio.value, 3))
            )
    return made.id


def _pass_gate(story: _Story, version: str) -> None:
    story.stage(_("Pass gate G3"))
    if not story.any.ask(lambda rows: rows.find(_environment())):
        story.act("ml-engineer", RULES.act("environment.add", name="staging"))
        _monitors(story)
    story.act("data-scientist", AskGate(gate="G3", subject=version))
    for each in _open_items(story, version):
        _settle(story, version, each)
    for role in dict.fromkeys(each.item.confirming_role for each in _open_items(story, version) if each.answer):
        story.act(role, ConfirmAnswers(gate="G3", subject=version))
    for role in ("data-scientist", "ml-engineer", "ai-ethics", "domain-expert"):
        story.act(role, SignGate(gate="G3", subject=version))


def _environment() -> Any:
    return RULES.nouns["environment"]


def _monitors(story: _Story) -> None:
    guide = "Look at what moved, ask the branches, then expect it, retrain, or roll back."
    for name, kind, owner in (
        ("Inputs", "input-drift", "ml-engineer"),
        ("Proposals", "output-drift", "ml-engineer"),
        ("Outcome quality", "quality", "data-scientist"),
        ("Service", "service", "ml-engineer"),
    ):
        story.act(
            "ml-engineer",
            RULES.act("monitor.add", name=name, environment="staging", kind=kind, owner=owner, guide=guide),
        )


def _open_items(story: _Story, version: str) -> list[ItemStanding]:
    def query(rows: Any) -> list[ItemStanding]:
        stands = gate_standing(rows, "G3", subject_of(rows, "G3", version))
        return [each for each in stands.items if not each.is_settled and each.item.severity == "B"]

    return story.any.ask(query)


def _settle(story: _Story, version: str, each: ItemStanding) -> None:
    """Answer an item that people answer; ask for an exception where the software found a fail."""
    item = each.item
    if each.verdict.state.level != "bad":
        story.act(
            item.answering_role, AnswerItem(item=item.id, subject=version, choice="yes", gate="G3", evidence=EVIDENCE)
        )
        return
    reason = _(
        "The gap comes from past decisions; {value} against {limit}.",
        value=each.verdict.value,
        limit=each.verdict.limit,
    )
    measure = _("Officers see no proposal for unsure cases; the gap is reviewed each month.")
    wish = story.act(
        "data-scientist",
        AskException(
            item=item.id, subject=version, reason=reason, measure=measure, until=clock.today() + timedelta(days=60)
        ),
    )
    story.act("ai-ethics", SignException(exception=wish.id))
    story.facts.append(
        _("{item} did not pass ({value}); it goes on by an exception, visibly.", item=item.id, value=each.verdict.value)
    )


def _release(story: _Story, version: str) -> None:
    story.stage(_("Go live in staging"))
    release = story.act("ml-engineer", PlanRelease(model=version, to="staging", stop_limits="AUC below 0.75"))
    story.act("ml-engineer", GoLive(release=release.id))


def _watch(story: _Story, files: SampleFiles) -> str:
    story.stage(_("Watch four months of new data"))
    story.act("ml-engineer", CheckMonitors(environment="staging", data=files.recent))
    alerts = story.any.ask(lambda rows: rows.find(Alert))
    story.facts += [each.sentence for each in alerts]
    quality = [each for each in alerts if "auc" in each.sentence] or alerts
    story.act(
        "data-scientist",
        DecideAlert(
            alert=quality[0].id, choice="retrain", reason="Incomes rose and the bank decides otherwise since September."
        ),
    )
    return quality[0].id


def _improve(story: _Story, files: SampleFiles, alert: str) -> None:
    story.stage(_("Retrain, compare, pass the gate again, go live"))
    story.act("data-engineer", AddVersion(dataset=DATASET, file=files.whole))
    story.act("data-engineer", ProfileVersion(version=DATASET))
    story.act("data-scientist", Retrain(what=alert, data=DATASET))
    proposal = story.any.ask(lambda rows: rows.find(Proposal))[-1]
    story.facts.append(proposal.sentence)
    version = _register(story, proposal.challenger, "retrained on twelve months")
    story.done -= 1
    _pass_gate(story, version)
    story.done -= 1
    _release(story, version)
    story.act("ml-engineer", RollBack(environment="staging", reason="Drill: how long does going back take?"))
    newest = story.any.ask(lambda rows: rows.find(RULES.nouns["release"], order="recorded_at DESC, id"))[0]
    story.act("ml-engineer", GoLive(release=newest.id))
    story.act("data-scientist", RecordCheckIn(kpi="Quality of proposals"))
    story.act("ml-engineer", CheckMonitors(environment="staging", data=files.recent))


def _report(story: _Story, folder: Path) -> None:
    story.stage(_("Make the KPI report"))
    (folder / "reports").mkdir(exist_ok=True)
    story.act("ai-architect", RULES.act("report.kpi", format="pdf", output=str(folder / REPORT)))
