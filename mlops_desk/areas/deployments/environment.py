"""An environment: a place where a model answers, and what open gates do there."""

from typing import Annotated, Literal

import msgspec

from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact, Record
from mlops_desk.kernel.roles import OWNER, WRITING_SLUGS
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

Policy = Literal["warn", "block"]
POLICIES: tuple[Policy, ...] = ("warn", "block")  # from mildest to strictest
BLOCKING_BEGIN = "prod"
_OWNERS = frozenset({OWNER.slug})


class Environment(Record, noun="environment", writers=WRITING_SLUGS):
    """A place where a model answers.

    ``policy`` says what open gates do there, and only an owner says it. Where no owner did, they block in an
    environment that ever bore a name with the beginning of “production”, and warn elsewhere.
    """

    name: Annotated[str, About("Short name, such as staging.")]
    policy: Annotated[
        Policy | None,
        About(
            "What an open gate does: warn, or block; only an owner says it. Else production blocks, others warn.",
            writers=_OWNERS,
            merge="strictest",
            order=POLICIES,
            lowered_by=_OWNERS,
        ),
    ] = None
    keep_days: Annotated[int, About("Days that captured predictions are kept where it is served, at least 1.")] = 90

    def check(self) -> None:
        """Look whether the name can be part of a path, and whether anything is kept."""
        if any(each in self.name for each in "/\\"):
            raise DeskError(
                _("“{name}” holds / or \\.", name=self.name), _("Choose a short name, such as staging."), code="DEP-130"
            )
        if self.keep_days < 1:
            raise DeskError(
                _("Captured predictions cannot be kept for {n} days.", n=self.keep_days),
                _("Give a number of days, 1 or more."),
                code="DEP-131",
            )


Order = tuple[int, int, str]


class _Told(msgspec.Struct, frozen=True):
    """What entries that count ever said of an environment, oldest first: its names, and its policies with when."""

    names: tuple[str, ...]
    policies: tuple[tuple[Order, Policy], ...]


def policy_of(rows: Rows, environment: Environment) -> Policy:
    """Return what open gates do in an environment now; a change of its name changes nothing."""
    return environment.policy or _unsaid(_told(rows, environment.id))


def policy_for(rows: Rows, environment: Environment, planned: Fact) -> Policy:
    """Return what open gates do to a release: the strictest policy of its environment since it was planned."""
    told = _told(rows, environment.id)
    [since] = rows.sql("SELECT ms, counter, device FROM line WHERE id = ?", planned.line) or [(0, 0, "")]
    before = [policy for order, policy in told.policies if order <= since]
    at_first = before[-1] if before else _unsaid(told)
    later = [policy for order, policy in told.policies if order > since]
    return max((at_first, *later, policy_of(rows, environment)), key=POLICIES.index)


def _unsaid(told: _Told) -> Policy:
    return "block" if any(each.strip().lower().startswith(BLOCKING_BEGIN) for each in told.names) else "warn"


def _told(rows: Rows, id_: str) -> _Told:
    found = rows.sql(
        "SELECT op.field, op.value, line.ms, line.counter, line.device FROM op JOIN line ON line.id = op.line"
        " WHERE op.noun = ? AND op.id = ? AND op.op = 'set' AND op.field IN ('name', 'policy')"
        " AND line.verdict = 'ok' ORDER BY line.ms, line.counter, line.device, op.index",
        Environment.noun,
        id_,
    )
    values = [(field, msgspec.json.decode(value), tuple(order)) for field, value, *order in found]
    return _Told(
        tuple(value for field, value, _order in values if field == "name"),
        tuple((order, value) for field, value, order in values if field == "policy" and value in POLICIES),
    )


ACTS = acts_of(Environment, title="environment")
