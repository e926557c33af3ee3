"""The four delivery keys and the cover of gates, computed from deployments: as the source of KPIs and for the homes.

Source of the keys: DORA, *DORA's software delivery performance metrics*. What the records cannot say is left out, not
guessed: when code was first committed, and when somebody noticed that a deployment failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.deployments.environment import BLOCKING_BEGIN, Environment
from mlops_desk.areas.deployments.release import Deployment, Release, deployments_of, live_release, open_gates
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.measured import Measured, measured
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

WINDOW_DAYS = 90  # of lead time, fail rate and recovery
FREQUENCY_DAYS = 30
FAILED_WITHIN = timedelta(days=7)


class Delivered(NamedTuple):
    """A go-live, what came after it in its environment if anything did, and the go-live after that."""

    live: Deployment
    ended: Deployment | None
    again: Deployment | None

    @property
    def was_taken_back(self) -> bool:
        """Tell whether it was rolled back or stopped, however late."""
        return self.ended is not None and self.ended.action != "go-live"

    @property
    def has_failed(self) -> bool:
        """Tell whether it was rolled back or stopped within seven days."""
        return self.was_taken_back and _between(self.live, self.ended) <= FAILED_WITHIN

    @property
    def restored(self) -> Deployment | None:
        """What made the service well again after it failed: the roll-back, or after a stop the next go-live."""
        if self.ended is None or self.ended.action == "go-live":
            return None
        return self.ended if self.ended.action == "roll-back" else self.again


def delivered(deployments: Sequence[Deployment]) -> list[Delivered]:
    """Return every go-live of one environment with what followed it, oldest first."""
    ordered = sorted((each for each in deployments if each.recorded_at), key=lambda each: str(each.recorded_at))
    found = []
    for place, each in enumerate(ordered):
        if each.action == "go-live":
            later = ordered[place + 1 :]
            again = next((one for one in later if one.action == "go-live"), None)
            found.append(Delivered(each, later[0] if later else None, again))
    return found


def delivered_since(rows: Rows, environments: Sequence[Environment], since: datetime) -> list[Delivered]:
    """Return what went live in environments since an instant."""
    told = [each for place in environments for each in delivered(deployments_of(rows, place.id))]
    return [each for each in told if each.live.recorded_at and each.live.recorded_at >= since]


def lead_time(rows: Rows, deployment: Deployment) -> tuple[timedelta, list[Fact]] | None:
    """Return the time from the first change that a deployment brings to its going live, with what it is read from.

    The change is the earliest of its dataset version, run and model version that no earlier deployment of the
    environment brought; the commit of the code is known by its hash alone, without its time.
    """
    brought = _contents(rows, deployment)
    at = deployment.recorded_at
    if at is None or not brought:
        return None
    earlier = [
        each for each in deployments_of(rows, deployment.environment) if each.recorded_at and each.recorded_at < at
    ]
    known = {fact.id for each in earlier for fact in _contents(rows, each)}
    new = [each for each in brought if each.id not in known]
    begun = min((each.recorded_at for each in new if each.recorded_at), default=None)
    return None if begun is None else (at - begun, [deployment, *new])


def _contents(rows: Rows, deployment: Deployment) -> list[Fact]:
    """Return the model version, the run and the data that a deployment brings, as far as they are here."""
    release = rows.find(Release, "id = ?", deployment.release)
    version = rows.find(ModelVersion, "id = ?", release[0].model_version) if release else []
    run = rows.find(Run, "id = ?", version[0].run) if version else []
    data = rows.find(DatasetVersion, "id = ?", run[0].version) if run else []
    return [*version, *run, *data]


def _between(first: Deployment, second: Deployment | None) -> timedelta:
    if first.recorded_at is None or second is None or second.recorded_at is None:
        return timedelta.max
    return second.recorded_at - first.recorded_at


# --- sources of KPIs ----------------------------------------------------------------------------


def delivery_source(rows: Rows, name: str, use_case: str = "") -> Measured:  # noqa: ARG001 - environments serve all
    """Return a delivery key: ``frequency``, ``lead-time``, ``fail-rate``, ``recovery`` or ``gate-cover``.

    It speaks of production, or of the environment named after it: ``lead-time:staging``.

    Raises:
        DeskError: there is no such key or environment, or no record that gives the value.
    """
    key, _colon, wanted = name.partition(":")
    if key not in _KEYS:
        raise DeskError(
            _("There is no delivery key “{name}”.", name=key),
            _("Keys: {names}.", names=", ".join(f"delivery:{each}" for each in _KEYS)),
            code="DEP-140",
        )
    return _KEYS[key](rows, _environments(rows, wanted))


def _environments(rows: Rows, wanted: str) -> list[Environment]:
    known = rows.find(Environment)
    found = [each for each in known if (each.name == wanted if wanted else _is_production(each))]
    if not found:
        raise _nothing(
            _("there is no environment {name}", name=wanted) if wanted else _("no environment is called production")
        )
    return found


def _is_production(environment: Environment) -> bool:
    return environment.name.strip().lower().startswith(BLOCKING_BEGIN)


def _nothing(reason: str) -> DeskError:
    return DeskError(
        _("There is no value: {reason}.", reason=reason),
        _("Nothing is guessed. Another environment: `--metric delivery:KEY:ENV`."),
        code="DEP-141",
    )


def _recent(rows: Rows, environments: Sequence[Environment]) -> list[Delivered]:
    found = delivered_since(rows, environments, clock.now() - timedelta(days=WINDOW_DAYS))
    if not found:
        raise _nothing(_("nothing went live in {n} days", n=WINDOW_DAYS))
    return found


def _frequency(rows: Rows, environments: Sequence[Environment]) -> Measured:
    ever = [each for place in environments for each in delivered(deployments_of(rows, place.id))]
    if not ever:
        raise _nothing(_("nothing ever went live"))
    since = clock.now() - timedelta(days=FREQUENCY_DAYS)
    return measured(len(delivered_since(rows, environments, since)), [each.live for each in ever])


def _lead_time(rows: Rows, environments: Sequence[Environment]) -> Measured:
    found = [time for each in _recent(rows, environments) if (time := lead_time(rows, each.live)) is not None]
    if not found:
        raise _nothing(_("what was released is not here, or was live before"))
    days = median(time.total_seconds() / 86_400 for time, _facts in found)
    return measured(days, [fact for _time, facts in found for fact in facts])


def _fail_rate(rows: Rows, environments: Sequence[Environment]) -> Measured:
    found = _recent(rows, environments)
    failed = sum(each.has_failed for each in found)
    return measured(100 * failed / len(found), _read_from(found))


def _recovery(rows: Rows, environments: Sequence[Environment]) -> Measured:
    found = [each for each in _recent(rows, environments) if each.has_failed]
    if not found:
        raise _nothing(_("no deployment failed in {n} days", n=WINDOW_DAYS))
    again = [(each, each.restored) for each in found if each.restored is not None]
    if not again:
        raise _nothing(_("what failed is not well again"))
    minutes = median(_between(each.live, restored).total_seconds() / 60 for each, restored in again)
    return measured(minutes, _read_from([each for each, _restored in again]))


def _read_from(found: Sequence[Delivered]) -> list[Fact]:
    return [fact for each in found for fact in each if fact is not None]


def _gate_cover(rows: Rows, environments: Sequence[Environment]) -> Measured:
    living = [release for each in environments if (release := live_release(rows, each.id)) is not None]
    if not living:
        raise _nothing(_("nothing is live"))
    covered = sum(not open_gates(rows, each) for each in living)
    deployments = [each for place in environments for each in deployments_of(rows, place.id)]
    return measured(100 * covered / len(living), [*living, *deployments])


_KEYS: dict[str, Callable[[Rows, Sequence[Environment]], Measured]] = {
    "frequency": _frequency,
    "lead-time": _lead_time,
    "fail-rate": _fail_rate,
    "recovery": _recovery,
    "gate-cover": _gate_cover,
}
