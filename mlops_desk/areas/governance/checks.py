"""The computed checks on use cases, runs, gates and the trail: pure functions of recorded rows, with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from mlops_desk.areas.experiments.queries import audits_for_all
from mlops_desk.areas.experiments.run import LOWER_IS_BETTER, FairnessFigure, Run
from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.queries import screening_words
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance import data_checks
from mlops_desk.areas.governance.disagreement_queries import about_subject
from mlops_desk.areas.governance.gate import SUBJECT_NOUNS, SignOff
from mlops_desk.areas.governance.linked import Arguments, is_filled, linked, unlinked
from mlops_desk.areas.governance.queries import gate_standing
from mlops_desk.areas.governance.standing import GateStanding
from mlops_desk.areas.team.queries import unfilled_roles
from mlops_desk.kernel.finding import GRAVE
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Verdict, failed, not_known, passed, too_few
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _, plural

CARD_PARTS: dict[str, tuple[tuple[str, str], ...]] = {  # the nine parts of a model card, by the records that fill them
    "details": (("model-card", "name"), ("model-card", "owner"), ("model-card", "licence")),
    "intended use": (("model-card", "intended_use"), ("model-card", "not_for")),
    "factors": (("run", "slices"),),
    "metrics": (("run", "metric"), ("model-card", "threshold_reason")),
    "evaluation data": (("run", "split"), ("run", "test_rows")),
    "training data": (("dataset-version", "label"), ("run", "train_rows")),
    "quantitative analyses": (("run", "scores"),),
    "ethical considerations": (("use-case", "affected_groups"),),
    "caveats": (("model-card", "caveats"),),
}


def field_present(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001 - checks share a form
    """K01: fields are set, long enough and no placeholders.

    ``of`` names the record, ``fields`` the fields, ``min`` the least length, ``lines`` the least number of lines.
    """
    row = linked(rows, subject, args["of"])
    if row is None:
        return unlinked(args["of"])
    least = {"least_chars": args.get("min", 1), "least_lines": args.get("lines", 1)}
    short = [name for name in args["fields"] if not is_filled(getattr(row, name), **least)]
    if short:
        return failed(_("missing or too short: {names}", names=", ".join(short).replace("_", " ")))
    if getattr(row, "risk_tier", None) == "prohibited":
        return failed(_("the use case is prohibited"))
    return passed()


def link_exists(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K02: linked records exist. ``what`` is ``kpi-with-target``, ``baseline-run`` or ``trials``."""
    if args["what"] == "kpi-with-target":
        return _kpi_with_target(rows, subject)
    run: Run | None = linked(rows, subject, "run")
    if run is None:
        return unlinked("run")
    if args["what"] == "baseline-run":
        return passed(_("a dummy baseline ran on the same rows")) if run.baseline else failed(_("no baseline ran"))
    trials = sum(each.trials for each in run.candidates)
    least = int(args["count"])
    found = plural("{n} setting tried", "{n} settings tried", trials)
    return passed(found) if trials >= least else not_known(_("{found}, {least} wanted", found=found, least=least))


def _kpi_with_target(rows: Rows, subject: Subject) -> Verdict:
    case = subject.other("use-case")
    if not case:
        return unlinked("use-case")
    objectives = {each.id for each in rows.find(Objective, "use_case = ?", case)}
    kpis = {each.kpi for each in rows.find(KeyResult, "NOT archived") if each.objective in objectives}
    aimed = [each for each in rows.find(Kpi, "NOT archived") if each.id in kpis and each.baseline is not None]
    aimed = [each for each in aimed if each.target is not None]
    if not aimed:
        return failed(_("no key result of this use case has a KPI with baseline and target"))
    return passed(", ".join(each.name for each in aimed))


def signatures_valid(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:
    """K03: the earlier gates in ``gates`` are closed for the content as it is now."""
    return _of_gates(rows, subject, args, day, lambda stands: "" if stands.is_closed else _("not closed"))


def checklist_settled(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:
    """K03 on the items of one ``checklist``: none that blocks is open at the gates."""

    def trouble(stands: GateStanding) -> str:
        left = [id_ for id_ in stands.open_blocking if id_.startswith(args["checklist"])]
        return _("open: {items}", items=", ".join(left)) if left else ""

    return _of_gates(rows, subject, args, day, trouble)


def two_signers(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:
    """K04 on the earlier gates: at least two people signed each, and not its authors alone."""

    def trouble(stands: GateStanding) -> str:
        valid = [each.sign_off for each in stands.signatures if each.state.level == "ok" and each.sign_off]
        people = {each.recorded_by for each in valid}
        if len(people) < 2:
            return plural("{n} person signed", "{n} people signed", len(people))
        return _("only authors signed") if people <= stands.subject.authors else ""

    return _of_gates(rows, subject, args, day, trouble)


def _of_gates(
    rows: Rows, subject: Subject, args: Arguments, day: date, trouble: Callable[[GateStanding], str]
) -> Verdict:
    """Ask of each earlier gate what is wrong with it; a gate whose thing is not linked is not known."""
    found = {}
    for gate_id in args["gates"]:
        noun = SUBJECT_NOUNS[gate_id]
        id_ = subject.other(noun)
        if not id_:
            return not_known(_("{gate}: no {noun} is linked", gate=gate_id, noun=noun.replace("-", " ")))
        about: Subject = rows.registry.subjects[noun](rows, id_)
        found[gate_id] = trouble(gate_standing(rows, gate_id, about, day))
    told = "; ".join(f"{gate_id}: {words}" for gate_id, words in found.items() if words)
    return failed(told) if told else passed()


def signer_not_author(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K04: the role in ``role`` that signed did not make the thing; before anybody signed, is there such a person."""
    signed = rows.find(SignOff, "subject = ? AND recorded_as = ?", subject.id, args["role"])
    if signed and signed[-1].recorded_by in subject.authors:
        return failed(_("the signer is an author"))
    if signed:
        return passed(_("signed by somebody else"))
    query = "SELECT count(*) FROM member WHERE active AND roles LIKE ? AND NOT list_contains(?, id)"
    (others,) = rows.sql(query, f'%"{args["role"]}"%', list(subject.authors))[0]
    return (
        passed(_("somebody else holds the role and signs"))
        if others
        else failed(_("nobody but the authors holds the role"))
    )


def value_meets(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K06: a figure of the run against a limit. ``what`` is ``gain``, ``fold-spread`` or ``calibration``."""
    run: Run | None = linked(rows, subject, "run")
    if run is None:
        return unlinked("run")
    limit = float(args.get("limit", 0.0))
    if args["what"] == "gain":
        if run.gain.low is None or run.gain.high is None:
            return not_known(_("the gain over the baseline has no interval"))
        sure = -run.gain.high if run.metric in LOWER_IS_BETTER else run.gain.low
        value = f"{sure:.4g}"
        reason = _("lower bound of the gain in {metric}", metric=run.metric)
        return passed(reason, value, f"{limit:g}") if sure > limit else failed(reason, value, f"{limit:g}")
    chosen = next((each for each in run.candidates if each.name == run.chosen), None)
    figure = run.calibration_error if args["what"] == "calibration" else (chosen.spread if chosen else None)
    if figure is None:
        return not_known(_("the run has no such figure"))
    return passed("", f"{figure:.4g}", f"{limit:g}") if figure <= limit else failed("", f"{figure:.4g}", f"{limit:g}")


def group_counts(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K11: every group of every audited attribute has enough rows; otherwise *too few*, with those that have not."""
    run: Run | None = linked(rows, subject, "run")
    if run is None:
        return unlinked("run")
    if not run.fairness:
        return not_known(_("no attribute was audited"))
    few = [
        f"{audit.attribute} {group.name} ({group.n})"
        for audit in audits_for_all(rows, run)
        for group in audit.groups
        if group.is_too_few
    ]
    return too_few(", ".join(few[:8])) if few else passed()


def group_gap(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K12: gaps between groups. ``metrics`` among selection, tpr, fpr, ppv; without ``limit`` the table suffices."""
    run: Run | None = linked(rows, subject, "run")
    if run is None:
        return unlinked("run")
    if not run.fairness:
        return not_known(_("no attribute was audited"))
    gaps = [(audit.attribute, name, _gap(audit, name)) for audit in run.fairness for name in args["metrics"]]
    known = [(attribute, name, gap) for attribute, name, gap in gaps if gap is not None]
    if not known:
        return not_known(_("no gap could be computed"))
    unknown = [_("{metric} by {attribute}", metric=n.upper(), attribute=a) for a, n, gap in gaps if gap is None]
    missing = not_known(_("not computed: {names}", names=", ".join(unknown)))
    if "limit" not in args:
        closer = [each.attribute for each in run.fairness if each.look_closer]
        words = _("look closer: {names}", names=", ".join(closer)) if closer else ""
        return missing if unknown else passed(words)
    limit = float(args["limit"])
    attribute, name, worst = max(known, key=lambda each: each[2])
    reason = _("{metric} by {attribute}", metric=name.upper(), attribute=attribute)
    if worst > limit:
        return failed(reason, f"{worst:.3f}", f"{limit:g}")
    return missing if unknown else passed(reason, f"{worst:.3f}", f"{limit:g}")


def _gap(audit: FairnessFigure, name: str) -> float | None:
    value: float | None = getattr(audit, f"{name}_gap").value
    return value


def reproduced(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K13: a second run of the same recipe on the same data gave the same figures."""
    run: Run | None = linked(rows, subject, "run")
    if run is None:
        return unlinked("run")
    same = rows.find(Run, "recipe = ? AND data_sha256 = ? AND id <> ?", run.recipe, run.data_sha256, run.id)
    if not same:
        return not_known(_("the recipe ran once"))
    tolerance = float(args.get("tolerance", 1e-9))
    mine = {each.name: each.value for each in run.scores}
    compared = 0
    for other in same:
        for each in other.scores:
            before = mine.get(each.name)
            if each.value is None or before is None:
                continue
            compared += 1
            if abs(each.value - before) > tolerance:
                return failed(_("{label} differs in {metric}", label=other.label, metric=each.name))
    if not compared:
        return not_known(_("the runs share no figure"))
    return passed(_("same figures in {label}", label=same[-1].label))


def chain_valid(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K17: no entry of the trail is damaged or forged."""
    grave = sorted(GRAVE)
    (bad,) = rows.sql(
        "SELECT (SELECT count(*) FROM finding WHERE list_contains(?, code))"
        " + (SELECT count(*) FROM line WHERE list_contains(?, verdict))",
        grave,
        grave,
    )[0]
    (all_,) = rows.sql("SELECT count(*) FROM line")[0]
    return (
        failed(plural("{n} entry is not trusted", "{n} entries are not trusted", bad)) if bad else passed("", str(all_))
    )


def decided_before(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K18: the limits of the use case lie in the causal past of every run that they judge.

    The past of an entry is what its author's journal (``prev``) and the heads it had seen lead to; where no
    such path is recorded the order is *not known*: clocks decide nothing.
    """
    case: UseCase | None = linked(rows, subject, "use-case")
    if case is None:
        return unlinked("use-case")
    if not case.stop_limits:
        return failed(_("no limit is written"))
    limit = rows.sql(
        "SELECT op.line FROM op JOIN line ON line.id = op.line WHERE op.id = ? AND op.field = 'stop_limits'"
        " AND line.verdict = 'ok' ORDER BY line.ms DESC, line.counter DESC LIMIT 1",
        case.id,
    )
    runs = rows.find(Run, "experiment IN (SELECT id FROM experiment WHERE use_case = ?)", case.id)
    if not runs:
        return passed(_("no run yet"))
    if not limit:
        return not_known(_("the entry of the limit is not here"))
    links = _Links(rows)
    before, after = links.past(limit[0][0]), links.future(limit[0][0])
    early = [each.label for each in runs if each.line in before]
    if early:
        return failed(_("changed after {label} was known", label=early[0]))
    apart = [each.label for each in runs if each.line not in after]
    if apart:
        return not_known(_("no recorded order between the limit and {label}", label=apart[0]))
    return passed(_("written before {label}", label=runs[0].label))


class _Links:
    """What each entry names as earlier: its author's entry before, the heads of the team's entries, others it saw."""

    def __init__(self, rows: Rows) -> None:
        self._earlier: dict[str, list[str]] = defaultdict(list)
        self._later: dict[str, list[str]] = defaultdict(list)
        for id_, prev, roster, seen in rows.sql("SELECT id, prev, roster, seen FROM line"):
            for each in (prev, *roster, *seen):
                self._earlier[id_].append(each)
                self._later[each].append(id_)

    def past(self, line: str) -> set[str]:
        """Return every entry that this one can have known."""
        return _reached(self._earlier, line)

    def future(self, line: str) -> set[str]:
        """Return every entry that can have known this one."""
        return _reached(self._later, line)


def _reached(links: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = [each for each in links.get(ahead.pop(), ()) if each not in found]
        found.update(fresh)
        ahead += fresh
    return found


def roles_filled(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K02 on the team: every role has a named person (each stage has one accountable role by construction)."""
    missing = unfilled_roles(rows)
    return failed(_("nobody is {roles}", roles=", ".join(missing))) if missing else passed()


def trade_off_decided(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K02 on disagreements: one about the thing was decided; its record holds the options and every dissent."""
    found = about_subject(rows, subject.noun, subject.id, subject.related, day)
    still = [each.about.question for each in found if not each.is_decided]
    if still:
        return not_known(_("undecided: {questions}", questions="; ".join(still)))
    if not found:
        return not_known(_("no disagreement about it was raised and decided"))
    dissents = sum(len(each.dissents) for each in found)
    said = plural("{n} decision", "{n} decisions", len(found))
    return passed(f"{said}, {plural('{n} dissent', '{n} dissents', dissents)}")


def document_complete(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K19: the parts of the model card are filled: all nine, or those in ``parts``.

    The card is made of records and its figures are the run's own, so they cannot differ from it.
    """
    if linked(rows, subject, "model-card") is None:
        return unlinked("model-card")
    wanted = args.get("parts", CARD_PARTS)
    empty = [_(part) for part in wanted if not all(_fills(rows, subject, *each) for each in CARD_PARTS[part])]
    return failed(_("empty: {names}", names=", ".join(empty))) if empty else passed("", str(len(wanted)))


def _fills(rows: Rows, subject: Subject, noun: str, field: str) -> bool:
    row = linked(rows, subject, noun)
    return row is not None and is_filled(getattr(row, field))


def field_told(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K01 on fields that came later: filled they pass, empty they are not known, with the reason in ``else``."""
    row = linked(rows, subject, args["of"])
    if row is None:
        return unlinked(args["of"])
    return passed() if all(is_filled(getattr(row, name)) for name in args["fields"]) else not_known(args["else"])


def law_checked(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:
    """K05 on the check against forbidden practices: it is dated, and ``days`` old at most."""
    case: UseCase | None = linked(rows, subject, "use-case")
    if case is None:
        return unlinked("use-case")
    if case.law_checked_on is None:
        return not_known(_("no dated check against forbidden practices is recorded yet"))
    age = (day - case.law_checked_on).days
    text = plural("{n} day old", "{n} days old", age)
    return passed("", text, str(args["days"])) if age <= args["days"] else failed(_("the check is too old"), text)


def screened(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K02 on the nine screening questions: they are answered; what the answers call for is said."""
    case: UseCase | None = linked(rows, subject, "use-case")
    if case is None:
        return unlinked("use-case")
    if not case.screening:
        return not_known(_("the nine screening answers are not recorded yet"))
    return passed(screening_words(case.screening))


CHECKS = {
    **data_checks.CHECKS,
    "K01": field_present,
    "K01-told": field_told,
    "K02": link_exists,
    "K02-screening": screened,
    "K02-team": roles_filled,
    "K02-decision": trade_off_decided,
    "K03": signatures_valid,
    "K03-checklist": checklist_settled,
    "K04": signer_not_author,
    "K04-gates": two_signers,
    "K05-law": law_checked,
    "K06": value_meets,
    "K11": group_counts,
    "K12": group_gap,
    "K13": reproduced,
    "K17": chain_valid,
    "K18": decided_before,
    "K19": document_complete,
}
