"""Gates as the source of KPIs: how long people wait at them, and the production test score of what is live."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median

from mlops_desk.areas.governance.gate import GateRequest, SignOff
from mlops_desk.areas.governance.queries import about, gate_standing
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.measured import Measured, measured
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

WINDOW_DAYS = 90
_DAY = timedelta(days=1)
_SATURDAY = 5


def gate_source(rows: Rows, name: str, use_case: str = "") -> Measured:  # noqa: ARG001 - gates serve all use cases
    """Return ``waiting``, working days from asking to the decision, or ``test-score``, the lowest of what is live.

    Raises:
        DeskError: there is no such figure, or no record that gives it.
    """
    if name not in _FIGURES:
        raise DeskError(
            _("Gates have no figure “{name}”.", name=name),
            _("Figures: {names}.", names=", ".join(f"gates:{each}" for each in _FIGURES)),
            code="GATE-150",
        )
    return _FIGURES[name](rows)


def _nothing(reason: str) -> DeskError:
    return DeskError(_("There is no value: {reason}.", reason=reason), _("Nothing is guessed."), code="GATE-151")


def working_days(first: datetime, last: datetime) -> float:
    """Return the days from one instant to another without those that lie on a Saturday or Sunday, in UTC."""
    total, at = timedelta(), first
    while at < last:
        midnight = (at + _DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(midnight, last)
        total += until - at if at.weekday() < _SATURDAY else timedelta()
        at = until
    return total / _DAY


def _waiting(rows: Rows) -> Measured:
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    requests = {(each.gate, each.subject): each for each in rows.find(GateRequest, order="recorded_at DESC, id")}
    told = [(each, decision) for each in requests.values() if (decision := _decision(rows, each)) is not None]
    waits = [
        (each, decision, working_days(each.recorded_at, decision.recorded_at))
        for each, decision in told
        if each.recorded_at and decision.recorded_at and decision.recorded_at >= since
    ]
    if not waits:
        raise _nothing(_("no gate was decided in {n} days", n=WINDOW_DAYS))
    read: list[Fact] = [fact for each, decision, _days in waits for fact in (each, decision)]
    return measured(median(days for _each, _decision, days in waits), read)


def _decision(rows: Rows, request: GateRequest) -> SignOff | None:
    """Return the signature that decided a request: what sent it back, or the last one that closed the gate."""
    found = [
        each
        for each in rows.find(SignOff, "gate = ? AND subject = ?", request.gate, request.subject)
        if each.recorded_at and request.recorded_at and each.recorded_at >= request.recorded_at
    ]
    against = next((each for each in found if each.decision != "approve"), None)
    if against is not None:
        return against
    stands = gate_standing(rows, request.gate, about(rows, request.subject_noun, request.subject))
    return found[-1] if found and stands.is_closed else None


def _test_score(rows: Rows) -> Measured:
    living = {(gate, noun, id_) for needed in rows.registry.gated for gate, noun, id_ in needed(rows)}
    scores = []
    for gate_id, noun, id_ in sorted(living):
        score = gate_standing(rows, gate_id, about(rows, noun, id_)).test_score
        if score is not None:
            scores.append((score.value, id_))
    if not scores:
        raise _nothing(_("nothing is live"))
    lowest, _id = min(scores)
    ids = [id_ for _score, id_ in scores]
    return measured(lowest, rows.find(SignOff, "list_contains(?, subject)", ids))


_FIGURES: dict[str, Callable[[Rows], Measured]] = {"waiting": _waiting, "test-score": _test_score}
