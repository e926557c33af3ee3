"""Groups of an audit and weak parts of the test rows, as a run tells them: by name, or by number where names stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from mlops_desk.areas.experiments.run import FairnessFigure, GroupFigure, SliceFigure, Value
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.fairness import Attribute, Gap, Rate
    from mlops_desk.science.study import Slice

IsOpen = Callable[[str], bool]  # whether the values of a column may leave this machine
P = TypeVar("P", GroupFigure, SliceFigure)
MOST_SLICES, SMALLEST_GROUP, MOST_GROUPS = 5, 10, 1000


def audits(found: Iterable[Attribute], is_open: IsOpen) -> tuple[FairnessFigure, ...]:
    """Return the audit of each single attribute; groups under 10 rows are left out.

    The name of a group is a value of the data. Where the column is not open a group has a number instead, by its
    rows, the largest first: an order that tells nothing but the figures beside it.
    """
    told = (_audit(each) for each in found if len(each.columns) == 1)
    return tuple(each if is_open(each.attribute) else numbered(each) for each in told)


def weakest(found: Sequence[Slice], is_open: IsOpen) -> tuple[SliceFigure, ...]:
    """Return the worst parts of at least 10 rows, the worst first, under the same rule for their names."""
    large = [SliceFigure(**msgspec.structs.asdict(each)) for each in found if each.n >= SMALLEST_GROUP]
    closed = dict.fromkeys(each.column for each in large if not is_open(each.column))
    return _renamed(large[:MOST_SLICES], _numbers(large, closed))


def _numbers(parts: Sequence[SliceFigure], columns: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return a number for each group of some columns, by its rows."""
    return {
        (each.column, each.group): _number(at)
        for column in columns
        for at, each in enumerate(_by_size(each for each in parts if each.column == column), start=1)
    }


def _renamed(found: Iterable[SliceFigure], names: Mapping[tuple[str, str], str]) -> tuple[SliceFigure, ...]:
    return tuple(
        msgspec.structs.replace(each, group=names.get((each.column, each.group), each.group)) for each in found
    )


def numbered(audit: FairnessFigure) -> FairnessFigure:
    """Return an audit with numbers in place of the names of its groups."""
    groups = (msgspec.structs.replace(each, name=_number(at)) for at, each in enumerate(audit.groups, start=1))
    return msgspec.structs.replace(audit, groups=tuple(groups))


def renumbered(parts: Sequence[SliceFigure], is_open: IsOpen) -> tuple[SliceFigure, ...]:
    """Return weak parts with numbers, by their rows, in place of names that were told before their column was closed.

    A number that stands there already stays: it counts over more parts than are told.
    """
    known = {_number(at) for at in range(1, MOST_GROUPS)}
    told = dict.fromkeys(each.column for each in parts if each.group not in known and not is_open(each.column))
    return _renamed(parts, _numbers(parts, told))


def slice_words(part: SliceFigure) -> str:
    """Return a weak part in words."""
    value = "–" if part.value is None else f"{part.value:.3f}"
    return f"{part.column} = {part.group}: {value} (n {part.n:,})"


def ratio_words(audit: FairnessFigure) -> str:
    """Return the lowest ratio of an audit in words."""
    value = audit.selection_ratio.value
    return _("ratio not known") if value is None else _("ratio {v}", v=f"{value:.2f}")


def _number(at: int) -> str:
    return _("group {n}", n=at)


def _by_size(found: Iterable[P]) -> list[P]:
    """Return the largest first; equal ones by the figures that are told anyway, so that the order adds nothing."""
    return sorted(found, key=lambda each: (-each.n, _figures(each), _name(each)))


def _figures(one: GroupFigure | SliceFigure) -> str:
    told = (one.value,) if isinstance(one, SliceFigure) else (one.selection, one.tpr, one.fpr, one.ppv)
    return repr(told)


def _name(one: GroupFigure | SliceFigure) -> str:
    return one.group if isinstance(one, SliceFigure) else one.name


def _audit(attribute: Attribute) -> FairnessFigure:
    gaps: dict[str, Gap] = {each.metric: each for each in attribute.gaps}
    groups = (
        GroupFigure(
            name=each.name,
            n=each.n,
            selection=_rate(each.rates, "selection_rate"),
            tpr=_rate(each.rates, "tpr"),
            fpr=_rate(each.rates, "fpr"),
            ppv=_rate(each.rates, "ppv"),
            is_too_few=each.rates["selection_rate"].is_too_few,
        )
        for each in attribute.groups
        if each.n >= SMALLEST_GROUP
    )
    selection = gaps["selection_rate"]
    return FairnessFigure(
        attribute=attribute.columns[0],
        groups=tuple(_by_size(groups)),
        selection_ratio=Value(
            name="selection_ratio", value=selection.ratio, low=selection.ratio_low, high=selection.ratio_high
        ),
        selection_gap=_gap(gaps, "selection_rate"),
        tpr_gap=_gap(gaps, "tpr"),
        fpr_gap=_gap(gaps, "fpr"),
        ppv_gap=_gap(gaps, "ppv"),
        look_closer=selection.look_closer,
    )


def _rate(rates: dict[str, Rate], name: str) -> float | None:
    found = rates.get(name)
    return found.value if found else None


def _gap(gaps: dict[str, Gap], name: str) -> Value:
    found = gaps.get(name)
    if found is None:
        return Value(name=name)
    return Value(name=name, value=found.difference, low=found.difference_low, high=found.difference_high)
