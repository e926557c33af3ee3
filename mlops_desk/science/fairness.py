"""Who is chosen, missed or wrongly flagged, group by group, with intervals and with "too few" where so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import msgspec
import numpy as np

from mlops_desk.kernel.words import _
from mlops_desk.science.groups import codes_of, crossed, groups_of
from mlops_desk.science.intervals import log_ratio, newcombe, wilson
from mlops_desk.science.table import Array, Bools, Table

RateName = Literal["selection_rate", "tpr", "fpr", "ppv"]
MIN_ROWS = 100
MIN_CASES = 30  # positives for TPR, negatives for FPR, chosen for PPV
LOOK_CLOSER = 0.80  # 29 CFR 1607.4(D): a reason to look, not a finding
PROXY_LIMIT = 0.3


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A share ``count`` of ``of`` rows with its 95 % Wilson interval; None where ``of`` is 0."""

    value: float | None
    low: float | None
    high: float | None
    count: int
    of: int
    is_too_few: bool


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One group: rows, rows truly positive (None without a truth), and its rates."""

    name: str
    n: int
    positives: int | None
    rates: dict[str, Rate]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """The groups with the lowest and the highest rate: ratio lowest / highest and difference highest - lowest.

    Groups with too few rows are left aside and named; with fewer than two judged groups the figures
    are None. ``look_closer`` (ratio below 0.80) is a reason to look, never a verdict.
    """

    metric: RateName
    lowest: str | None = None
    highest: str | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    look_closer: bool = False
    too_few: tuple[str, ...] = ()
    sentence: str


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute, or the crossing of two: its groups and the gaps between them."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]


class Proxy(msgspec.Struct, frozen=True, kw_only=True):
    """A column that goes together with an attribute: Cramér's V from 0 (not at all) to 1 (fully)."""

    column: str
    attribute: str
    v: float
    sentence: str


def audit(
    attributes: Mapping[str, Array], chosen: Bools, truth: Bools | None = None, *, crossings: bool = True
) -> tuple[Attribute, ...]:
    """Compare groups of each attribute, and of each pair of attributes.

    ``chosen`` tells for each row whether it was called positive; ``truth`` whether it was. Without a truth
    (rates in the data itself) only the selection rate is compared. Numbers are grouped in quartiles.
    """
    grouped = {name: groups_of(column) for name, column in attributes.items()}
    found = [_attribute((name,), names, chosen, truth) for name, names in grouped.items()]
    if crossings:
        found += [
            _attribute(pair, crossed(grouped[pair[0]], grouped[pair[1]]), chosen, truth)
            for pair in combinations(grouped, 2)
        ]
    return tuple(found)


def find_proxies(table: Table, attributes: Sequence[str], columns: Sequence[str]) -> tuple[Proxy, ...]:
    """Name the columns that stand in for an attribute (Cramér's V above 0.3), the closest first."""
    grouped = {name: groups_of(table.column(name), bins=5) for name in {*attributes, *columns}}
    found = [
        _proxy(column, attribute, v)
        for attribute in attributes
        for column in columns
        if column != attribute and (v := cramers_v(grouped[column], grouped[attribute])) > PROXY_LIMIT
    ]
    return tuple(sorted(found, key=lambda proxy: (-proxy.v, proxy.column)))


def cramers_v(first: Array, second: Array) -> float:
    """Return how closely two columns of names go together, 0 to 1, bias-corrected (Bergsma 2013)."""
    (names_1, codes_1), (names_2, codes_2) = codes_of(first), codes_of(second)
    n, rows, columns = len(first), len(names_1), len(names_2)
    if n < 2 or min(rows, columns) < 2:
        return 0.0
    counts = np.bincount(codes_1 * columns + codes_2, minlength=rows * columns).reshape(rows, columns)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    phi = float(((counts - expected) ** 2 / expected).sum()) / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, float(np.sqrt(phi / smaller))) if smaller > 0 else 0.0


def _attribute(columns: tuple[str, ...], names: Array, chosen: Bools, truth: Bools | None) -> Attribute:
    distinct, codes = codes_of(names)
    groups = tuple(
        _group(name, chosen[codes == k], None if truth is None else truth[codes == k])
        for k, name in enumerate(distinct)
    )
    metrics: tuple[RateName, ...] = ("selection_rate",) if truth is None else ("selection_rate", "tpr", "fpr", "ppv")
    return Attribute(columns=columns, groups=groups, gaps=tuple(_gap(metric, columns, groups) for metric in metrics))


def _group(name: str, chosen: Bools, truth: Bools | None) -> Group:
    n = len(chosen)
    rates = {"selection_rate": _rate(int(chosen.sum()), n, is_too_few=n < MIN_ROWS)}
    if truth is None:
        return Group(name=name, n=n, positives=None, rates=rates)
    positives, hits = int(truth.sum()), int((chosen & truth).sum())
    cases = {
        "tpr": (hits, positives),
        "fpr": (int((chosen & ~truth).sum()), n - positives),
        "ppv": (hits, int(chosen.sum())),
    }
    for metric, (count, of) in cases.items():
        rates[metric] = _rate(count, of, is_too_few=n < MIN_ROWS or of < MIN_CASES)
    return Group(name=name, n=n, positives=positives, rates=rates)


def _rate(count: int, of: int, *, is_too_few: bool) -> Rate:
    if not of:
        return Rate(value=None, low=None, high=None, count=0, of=0, is_too_few=True)
    low, high = wilson(count, of)
    return Rate(value=count / of, low=low, high=high, count=count, of=of, is_too_few=is_too_few)


def _gap(metric: RateName, columns: tuple[str, ...], groups: Sequence[Group]) -> Gap:
    too_few = tuple(group.name for group in groups if group.rates[metric].is_too_few)
    judged = {group.name: group.rates[metric] for group in groups if not group.rates[metric].is_too_few}
    if len(judged) < 2:
        sentence = _("{what}: too few rows to compare groups.", what=_heading(metric, columns))
        return Gap(metric=metric, too_few=too_few, sentence=sentence)
    by_rate = sorted(judged, key=lambda name: (judged[name].count / judged[name].of, name))
    lowest, highest = by_rate[0], by_rate[-1]
    low, high = judged[lowest], judged[highest]
    share_low, share_high = low.count / low.of, high.count / high.of
    ratio = low.count * high.of / (low.of * high.count) if high.count else None  # in whole numbers: 0.80 is 0.80
    ratio_low, ratio_high = log_ratio(low.count, low.of, high.count, high.of) if share_high else (None, None)
    difference_low, difference_high = newcombe(high.count, high.of, low.count, low.of)
    gap = Gap(
        metric=metric,
        lowest=lowest,
        highest=highest,
        ratio=ratio,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
        difference=share_high - share_low,
        difference_low=difference_low,
        difference_high=difference_high,
        look_closer=ratio is not None and ratio < LOOK_CLOSER,
        too_few=too_few,
        sentence="",
    )
    return msgspec.structs.replace(gap, sentence=_sentence(gap, columns, share_low, share_high))


def _sentence(gap: Gap, columns: tuple[str, ...], share_low: float, share_high: float) -> str:
    said = _(
        "{what}: from {low:.1%} ({lowest}) to {high:.1%} ({highest}).",
        what=_heading(gap.metric, columns),
        low=share_low,
        lowest=gap.lowest,
        high=share_high,
        highest=gap.highest,
    )
    if gap.ratio is None or not gap.look_closer:
        return said
    return (
        said + " " + _("The ratio is {ratio:.3f}, below {limit:.2f}: look closer.", ratio=gap.ratio, limit=LOOK_CLOSER)
    )


def _heading(metric: RateName, columns: tuple[str, ...]) -> str:
    by = ", ".join(columns)
    return {
        "selection_rate": _("Share chosen by {by}", by=by),
        "tpr": _("True positives found by {by}", by=by),
        "fpr": _("False alarms by {by}", by=by),
        "ppv": _("Right among the chosen by {by}", by=by),
    }[metric]


def _proxy(column: str, attribute: str, v: float) -> Proxy:
    sentence = _("{column} goes together with {attribute} (V {v:.2f}).", column=column, attribute=attribute, v=v)
    return Proxy(column=column, attribute=attribute, v=v, sentence=sentence)
