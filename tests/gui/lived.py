"""A project in which something of everything was recorded, for tests that look at every page: three people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from mlops_desk.areas.governance.answer import AnswerItem, ConfirmAnswers
from mlops_desk.areas.governance.exception import AskException
from mlops_desk.areas.governance.gate import AskGate, subject_of
from mlops_desk.areas.governance.queries import gate_standing
from mlops_desk.areas.governance.standing import ItemStanding
from mlops_desk.areas.monitoring.monitor import Alert, Reading
from mlops_desk.areas.team.member import Admit
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.rows import Rows
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.sample_words import USE_CASE_FIELDS
from tests.areas.conftest import ROLES as AREA_ROLES
from tests.areas.conftest import Team
from tests.areas.facts import Made, do, tell

CASE = "Fair credit"
ROLES = {**AREA_ROLES, "Ana": (*AREA_ROLES["Ana"], "product-designer"), "Mira": ("ai-ethics",)}
YES = {"choice": "yes", "evidence": "notes of the meeting"}


def live(folder: Path) -> None:
    """Found a project of Ana, Ben and Mira that marks itself as sample, so that each may sit down here."""
    made = found(folder, "Loan", "Decide fairly.", Founder.parse("Ana", ROLES["Ana"]), is_sample=True)
    for name in ("Ben", "Mira"):
        join(made, Founder.parse(name, ROLES[name]))
    with Workspace(folder, me="Ana") as desk:
        for name in ("Ben", "Mira"):
            desk.do(Admit(request=name))
    team = Team(folder)
    try:
        _aim(team)
        _release_and_watch(team)
        _govern(team)
    finally:
        team.close()


def _aim(team: Team) -> None:
    ana, start = team["Ana"], today() - timedelta(days=60)
    period: dict[str, Any] = {"start": start, "due": today() + timedelta(days=60)}
    case = do(ana, "use-case.add", "ai-architect", **{**USE_CASE_FIELDS, "name": CASE})
    do(ana, "objective.add", name="Fair credit in one hour", use_case=CASE, owner="ai-architect", **period)
    kpi: dict[str, Any] = {
        "name": "Time to decision",
        "unit": "min",
        "better": "down",
        "baseline": 95.0,
        "target": 40.0,
    }
    do(ana, "kpi.add", **kpi, **period, owner="ai-architect", rhythm=14)
    do(ana, "key-result.add", name="From 95 to 40", objective="Fair credit in one hour", kpi="Time to decision")
    for days, value in ((50, 88.0), (30, 76.0)):
        do(ana, "kpi.check-in", kpi="Time to decision", value=value, on=today() - timedelta(days=days))
    Made(ana, use_case=case)
    do(ana, "comment.add", subject="kpi/Time to decision", text="Why so slow?\n@Ben knows.")
    do(ana, "table-view.add", name="Slow ones", table="kpi list", filter="time")


def _release_and_watch(team: Team) -> None:
    ben = team["Ben"]
    release = do(ben, "release.plan", "ml-engineer", model="credit", to="staging", stop_limits="AUC below 0.7")
    do(ben, "release.go-live", release=release)
    do(ben, "release.plan", model="credit", to="staging")
    watch = {"environment": "staging", "kind": "input-drift", "owner": "ml-engineer"}
    monitor = do(ben, "monitor.add", name="Inputs", **watch)
    said = "Income moved: PSI 0.27 against 0.25."
    values = {"monitor": monitor, "release": release, "limit": 0.25, "value": 0.27, "rows": 900, "source": "new.csv"}
    [reading] = tell(ben, Reading(state="act", sentence=said, **values))  # type: ignore[arg-type]
    tell(ben, Alert(monitor=monitor, reading=reading, sentence=said, owner="ml-engineer"))


def _govern(team: Team) -> None:
    """Ask for two gates: on the model, where much is open, and on the use case, where one answer is missing."""
    ana = team["Ana"]
    do(ana, AskGate(gate="G3", subject="credit"), "data-scientist")
    end = today() + timedelta(days=30)
    do(ana, AskException(item="BIA-07", subject="credit", reason="few", measure="watched", until=end))
    raised: dict[str, Any] = {
        "question": "Is 0.05 too strict?",
        "options": ("Keep 0.05", "Take 0.08"),
        "mine": "1",
        "because": "Few.",
    }
    do(ana, "disagreement.raise", subject="kpi/Time to decision", **raised)
    do(ana, AskGate(gate="G1", subject=CASE), "ai-architect")
    for each in [each for each in open_items(team["Ana"]) if each.verdict.state.level != "bad"][1:]:
        name = next(name for name, roles in ROLES.items() if each.item.answering_role in roles)
        do(team[name], AnswerItem(item=each.item.id, subject=CASE, gate="G1", **YES), each.item.answering_role)  # type: ignore[arg-type]
    for role in dict.fromkeys(each.item.confirming_role for each in open_items(team["Ana"]) if each.answer):
        name = next(name for name, roles in ROLES.items() if role in roles)
        do(team[name], ConfirmAnswers(gate="G1", subject=CASE), role)


def open_items(desk: Workspace) -> list[ItemStanding]:
    """Return the blocking items of G1 that are open."""

    def query(rows: Rows) -> list[ItemStanding]:
        stands = gate_standing(rows, "G1", subject_of(rows, "G1", CASE))
        return [each for each in stands.items if not each.is_settled and each.item.severity == "B"]

    return desk.ask(query)
