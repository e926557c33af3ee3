"""What a report says about trust: gates and exceptions, what is live, the newest runs and their audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.queries import LiveRow, live
from mlops_desk.areas.deployments.release import Release, gates_of, live_release
from mlops_desk.areas.experiments.queries import runs
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.areas.governance.queries import gate_standing
from mlops_desk.areas.governance.standing import GateStanding
from mlops_desk.areas.reports.content import Cell, Column, Shown, Table, addresses_of, number, stamp
from mlops_desk.kernel.roles import role_code
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _

NEWEST_RUNS = 5
NO_QUESTION_RATIO = 0.8


class Live(msgspec.Struct, frozen=True):
    """An environment with what is live in it, and the gates that are not closed for it."""

    row: LiveRow
    open_gates: tuple[str, ...]

    @property
    def state(self) -> State:
        """Whether it is live, and whether with open gates."""
        if not self.row.release:
            return self.row.state
        if self.open_gates:
            return State("warn", _("Live with open gates"), "; ".join(self.open_gates))
        return State("ok", _("Live"))


def gates(rows: Rows, day: date) -> list[GateStanding]:
    """Return the gates that were asked for, each once for each thing, worst first."""
    found: dict[tuple[str, str], GateStanding] = {}
    for each in rows.find(GateRequest, order="recorded_at DESC, id"):
        maker = rows.registry.subjects.get(each.subject_noun)
        if maker is not None and (each.gate, each.subject) not in found:
            subject: Subject = maker(rows, each.subject)
            found[each.gate, each.subject] = gate_standing(rows, each.gate, subject, day)
    return sorted(found.values(), key=lambda each: (-badness(each.state), each.gate.id, each.subject.label))


def tables(rows: Rows, found: Sequence[GateStanding], living: Sequence[Live]) -> tuple[Table, ...]:
    """Return the tables of gates, environments and runs."""
    return (_gates(rows, found), _live(rows, living), _runs(rows))


def _gates(rows: Rows, found: Sequence[GateStanding]) -> Table:
    return Table(
        name="gates",
        title=_("Gates asked for"),
        columns=(
            Column("gate", _("Gate")),
            Column("subject", _("Subject")),
            Column("state", _("State"), "state"),
            Column("signed", _("Signed")),
            Column("missing", _("Missing")),
            Column("settled", _("Settled")),
            Column("by_people", _("By people"), "whole"),
            Column("exceptions", _("Exceptions"), "whole"),
        ),
        rows=tuple(_gate(each) for each in found),
        addresses=addresses_of(rows, ((each.subject.noun, each.subject.id) for each in found)),
        empty=_("No gate was asked for."),
    )


def _gate(each: GateStanding) -> tuple[Cell, ...]:
    signed = [role_code(one.role) for one in each.signatures if one.state.level == "ok"]
    missing = [role_code(one.role) for one in each.signatures if one.state.level != "ok"]
    settled = sum(one.is_settled for one in each.items)
    return (
        each.gate.id,
        each.subject.label,
        Shown.of(each.state),
        ", ".join(signed),
        ", ".join(missing),
        _("{n} of {all}", n=settled, all=len(each.items)),
        each.by_people,
        each.exceptions,
    )


def lives(rows: Rows, day: date) -> list[Live]:
    """Return the environments in use with what is live in them and which gates are open, judged on the day."""
    found = []
    for each in live(rows):
        release = live_release(rows, each.id)
        found.append(Live(each, _open_gates(rows, release, day) if release else ()))
    return found


def _open_gates(rows: Rows, release: Release, day: date) -> tuple[str, ...]:
    found = []
    for gate_id, noun, id_ in gates_of(release):
        about: Subject = rows.registry.subjects[noun](rows, id_)
        stands = gate_standing(rows, gate_id, about, day)
        if not stands.is_closed:
            found.append(_("{gate} is {state}", gate=gate_id, state=stands.state.word.lower()))
    return tuple(found)


def _live(rows: Rows, found: Sequence[Live]) -> Table:
    return Table(
        name="live",
        title=_("What is live"),
        columns=(
            Column("environment", _("Environment")),
            Column("state", _("State"), "state"),
            Column("release", _("Release")),
            Column("model", _("Model")),
            Column("data", _("Data")),
            Column("way_back", _("Way back")),
            Column("since", _("Since"), "instant"),
        ),
        rows=tuple(
            (
                each.row.environment,
                Shown.of(each.state),
                each.row.release,
                each.row.model,
                each.row.data,
                each.row.way_back,
                _instant(each.row.since),
            )
            for each in found
        ),
        addresses=addresses_of(rows, ((Environment.noun, each.row.id) for each in found)),
        under={"model": ("data",)},
        empty=_("No environment is set up, so nothing is live."),
    )


def _runs(rows: Rows) -> Table:
    newest = runs(rows)[:NEWEST_RUNS]
    return Table(
        name="runs",
        title=_("Newest runs"),
        columns=(
            Column("run", _("Run")),
            Column("state", _("State"), "state"),
            Column("model", _("Model")),
            Column("metric", _("Metric")),
            Column("value", _("Value"), "number"),
            Column("interval", _("95 % interval")),
            Column("data", _("Data")),
            Column("fairness", _("Lowest choice ratio")),
            Column("ended", _("Ended"), "instant"),
        ),
        rows=tuple(
            (
                each.label,
                Shown.of(each.state),
                each.chosen,
                each.metric,
                None if each.value is None else round(each.value, 4),
                each.interval,
                each.data,
                each.fairness or _("not audited"),
                _instant(each.ended),
            )
            for each in newest
        ),
        addresses=addresses_of(rows, ((Run.noun, each.id) for each in newest)),
        under={"run": ("data",), "value": ("metric", "interval")},
        empty=_("No model was trained here."),
    )


def texts(rows: Rows) -> tuple[str, ...]:
    """Return the sentence about the fairness of the newest run, if it was audited."""
    run = _newest(rows)
    known = [each for each in run.fairness if each.selection_ratio.value is not None] if run else []
    if run is None or not known:
        return ()
    worst = min(known, key=lambda each: each.selection_ratio.value or 0.0)
    few = sum(group.is_too_few for group in worst.groups)
    sentence = _(
        "Fairness of run {run}: the lowest choice ratio is {ratio}, for {attribute}; "
        "{limit} or more opens no question.",
        run=run.label,
        ratio=number(round(worst.selection_ratio.value or 0.0, 3)),
        attribute=worst.attribute,
        limit=number(NO_QUESTION_RATIO),
    )
    added = [_("{n} groups have too few rows to judge.", n=few)] if few else []
    return (" ".join([sentence, *added, _("A figure is a prompt to look closer, no proof either way.")]),)


def audit_gap(rows: Rows) -> str:
    """Return the sentence that the newest run was not audited; empty if it was, or if there is none."""
    run = _newest(rows)
    if run is None or any(each.selection_ratio.value is not None for each in run.fairness):
        return ""
    return _("Fairness of run {run}: not audited.", run=run.label)


def _newest(rows: Rows) -> Run | None:
    found = rows.find(Run, order="recorded_at DESC, id", most=1)
    return found[0] if found else None


def _instant(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
