"""Parts of a dataset for training and testing, and the proof that they share nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.table import Array, Bools, Ints, Table, label_of, labels_of, present

SplitKind = Literal["random", "stratified", "time", "group"]
DEFAULT_SHARES = {"train": 0.75, "test": 0.25}
Parts = Mapping[str, Ints]


class SplitPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to part the rows.

    ``shares``: name of each part -> its share of the rows, summing to 1, in order of time
    where ``kind`` is time. ``column`` is what a stratified split keeps in proportion, what a
    time split orders by, what a group split never tears apart. With ``cut`` (an ISO time, a number or
    a text, as the column is) a time split has two parts whatever their shares: rows at or after
    the cut are the second.
    """

    kind: SplitKind = "random"
    column: str | None = None
    shares: dict[str, float] = msgspec.field(default_factory=lambda: dict(DEFAULT_SHARES))
    seed: int = 0
    cut: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part: how many rows and groups, its range in time, and the sha256 of its row positions.

    The digest covers the ascending positions as little-endian 64-bit integers.
    """

    name: str
    rows: int
    digest: str
    groups: int | None = None
    first: str | None = None
    last: str | None = None


class SplitManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: enough to make the same parts again and to see that they are the same.

    ``cuts`` are the first times of the second and later parts. ``left_out`` counts rows
    in no part, because their time or group is missing.
    """

    kind: SplitKind
    seed: int
    column: str | None
    parts: tuple[Part, ...]
    cuts: tuple[str, ...] = ()
    left_out: int = 0


class Split(NamedTuple):
    """Ascending row positions of every part, and the manifest."""

    parts: dict[str, Ints]
    manifest: SplitManifest


class Disjoint(msgspec.Struct, frozen=True, kw_only=True):
    """K10: what the parts share. ``in_time_order`` is None where no time was given."""

    passes: bool
    shared_rows: int
    shared_keys: dict[str, int]
    in_time_order: bool | None
    sentence: str


def split(table: Table, plan: SplitPlan, *, rows: Ints | None = None) -> Split:
    """Part the rows (all, or those given) as planned; SPLIT-1xx says why it cannot be done."""
    _check(plan)
    pool = np.arange(table.rows, dtype=np.int64) if rows is None else rows
    if plan.kind == "random":
        return _manifested(plan, _random(pool, plan))
    assert plan.column is not None
    values = table.column(plan.column)[pool]
    if plan.kind == "stratified":
        return _manifested(plan, _stratified(pool, labels_of(values), plan))
    known = present(values)
    pool, values, left_out = pool[known], values[known], int((~known).sum())
    if plan.kind == "group":
        return _by_group(pool, labels_of(values), plan, left_out)
    return _by_time(pool, values, plan, left_out)


def disjoint(parts: Parts, *, keys: Mapping[str, Array] | None = None, time: Array | None = None) -> Disjoint:
    """Check K10: no row and no key value (of full-length columns) in two parts, and time in order.

    Time is in order when every part, in the order given, ends before the next begins.
    Missing keys and times are nobody's and not compared.
    """
    shared_rows = _shared([np.asarray(rows) for rows in parts.values()])
    shared_keys = {
        name: _shared([labels_of(column)[rows] for rows in parts.values()]) for name, column in (keys or {}).items()
    }
    in_order = None if time is None else _in_order([time[rows] for rows in parts.values()])
    passes = not shared_rows and not any(shared_keys.values()) and in_order is not False
    sentence = _disjoint_sentence(shared_rows, shared_keys, in_order=in_order)
    return Disjoint(
        passes=passes, shared_rows=shared_rows, shared_keys=shared_keys, in_time_order=in_order, sentence=sentence
    )


def digest_of(rows: Ints) -> str:
    """Return the sha256 of row positions, sorted, as little-endian 64-bit integers."""
    return hashlib.sha256(np.sort(rows).astype("<i8").tobytes()).hexdigest()


def _check(plan: SplitPlan) -> None:
    shares = list(plan.shares.values())
    if len(shares) < 2 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise DeskError(
            _("The shares of the parts are not positive numbers that sum to 1."),
            _("Give at least two, for example train 0.75 and test 0.25."),
            code="SPLIT-101",
        )
    if plan.kind != "random" and plan.column is None:
        raise DeskError(
            _("A split of this kind needs a column, and none is named: {kind}.", kind=plan.kind),
            _("Name the column of the time, the group or the classes."),
            code="SPLIT-102",
        )
    if plan.cut is not None and (plan.kind != "time" or len(plan.shares) != 2):
        raise DeskError(
            _("A cut belongs to a split by time in two parts."),
            _("Leave the cut out, or split by time into train and test."),
            code="SPLIT-105",
        )


def _bounds(n: int, plan: SplitPlan) -> Ints:
    """Return where parts end when n things are dealt out in order, rounded to the nearest."""
    ends: Ints = np.rint(np.cumsum(list(plan.shares.values())) * n).astype(np.int64)
    return ends[:-1]


def _dealt(pieces: list[Ints], plan: SplitPlan) -> dict[str, Ints]:
    return {name: np.sort(piece) for name, piece in zip(plan.shares, pieces, strict=True)}


def _random(pool: Ints, plan: SplitPlan) -> dict[str, Ints]:
    shuffled = np.random.default_rng(plan.seed).permutation(pool)
    return _dealt(np.split(shuffled, _bounds(len(pool), plan)), plan)


def _stratified(pool: Ints, labels: Array, plan: SplitPlan) -> dict[str, Ints]:
    """Deal each class by itself; a missing class is a class of its own."""
    classes, codes = np.unique([label or "" for label in labels], return_inverse=True)
    order = np.random.default_rng(plan.seed).permutation(len(pool))
    pieces: list[list[Ints]] = [[] for _part in plan.shares]
    for code in range(len(classes)):
        mine = pool[order[codes[order] == code]]
        for piece, dealt in zip(pieces, np.split(mine, _bounds(len(mine), plan)), strict=True):
            piece.append(dealt)
    return _dealt([np.concatenate(piece) for piece in pieces], plan)


def _by_group(pool: Ints, labels: Array, plan: SplitPlan, left_out: int) -> Split:
    """Deal whole groups in random order, each boundary as near to its share as groups allow."""
    groups, codes, sizes = np.unique(labels.astype(str), return_inverse=True, return_counts=True)
    if len(groups) < len(plan.shares):
        raise _too_few_distinct(plan, len(groups))
    order = np.random.default_rng(plan.seed).permutation(len(groups))
    ends = _nearest(np.cumsum(sizes[order]), plan)
    part_of_group = np.empty(len(groups), dtype=np.int64)
    part_of_group[order] = np.searchsorted(ends, np.arange(len(groups)), side="right")
    part_of_row = part_of_group[codes]
    pieces = [pool[part_of_row == number] for number in range(len(plan.shares))]
    counts = {name: int((part_of_group == number).sum()) for number, name in enumerate(plan.shares)}
    return _manifested(plan, _dealt(pieces, plan), groups=counts, left_out=left_out)


def _by_time(pool: Ints, times: Array, plan: SplitPlan, left_out: int) -> Split:
    """Cut between distinct times, each cut as near to its share as the times allow."""
    distinct, codes, sizes = np.unique(times, return_inverse=True, return_counts=True)
    if len(distinct) < len(plan.shares):
        raise _too_few_distinct(plan, len(distinct))
    ends = _nearest(np.cumsum(sizes), plan) if plan.cut is None else _cut(distinct, plan.cut)
    part_of_row = np.searchsorted(ends, codes, side="right")
    pieces = [pool[part_of_row == number] for number in range(len(plan.shares))]
    spans = {
        name: (moment(times[part_of_row == number].min()), moment(times[part_of_row == number].max()))
        for number, name in enumerate(plan.shares)
    }
    cuts = tuple(moment(distinct[end]) for end in ends)
    return _manifested(plan, _dealt(pieces, plan), spans=spans, cuts=cuts, left_out=left_out)


def _cut(distinct: Array, cut: str) -> Ints:
    """Return how many of the distinct times lie before the cut; SPLIT-104 if all or none do."""
    try:
        wanted = {"M": np.datetime64, "f": float}.get(distinct.dtype.kind, str)(cut)
    except ValueError as error:
        raise DeskError(
            _("The cut is not a time or number that the column could hold: {cut}.", cut=cut),
            _("The column goes from {first} to {last}.", first=moment(distinct[0]), last=moment(distinct[-1])),
            code="SPLIT-106",
        ) from error
    end = int((distinct < wanted).sum())
    if not 0 < end < len(distinct):
        raise DeskError(
            _("The cut {cut} leaves one part without rows.", cut=cut),
            _("The column goes from {first} to {last}.", first=moment(distinct[0]), last=moment(distinct[-1])),
            code="SPLIT-104",
        )
    return np.array([end], dtype=np.int64)


def moment(value: object) -> str:
    """Write a time as ISO text, a number as itself."""
    return str(value) if isinstance(value, np.datetime64) else label_of(value)


def _nearest(cumulated: Ints, plan: SplitPlan) -> Ints:
    """Return after how many things each part ends, leaving at least one for every part."""
    wanted = _bounds(int(cumulated[-1]), plan)
    ends: list[int] = []
    for number, target in enumerate(wanted):
        nearest = int(np.argmin(np.abs(cumulated - target))) + 1
        lowest = (ends[-1] if ends else 0) + 1
        ends.append(min(max(nearest, lowest), len(cumulated) - (len(wanted) - number)))
    return np.array(ends, dtype=np.int64)


def _too_few_distinct(plan: SplitPlan, n: int) -> DeskError:
    return DeskError(
        _("Column {column} has {n} different values, too few to part the rows by.", column=plan.column, n=n),
        _("Choose another column, or a random split."),
        code="SPLIT-103",
    )


def _manifested(
    plan: SplitPlan,
    parts: dict[str, Ints],
    *,
    groups: Mapping[str, int] | None = None,
    spans: Mapping[str, tuple[str, str]] | None = None,
    cuts: tuple[str, ...] = (),
    left_out: int = 0,
) -> Split:
    empty = [name for name, rows in parts.items() if not len(rows)]
    if empty:
        raise DeskError(
            _("No rows are left for the part {names}.", names=", ".join(empty)),
            _("Bring more rows, or give the part a larger share."),
            code="SPLIT-104",
        )
    listed = tuple(
        Part(
            name=name,
            rows=len(rows),
            digest=digest_of(rows),
            groups=groups[name] if groups else None,
            first=spans[name][0] if spans else None,
            last=spans[name][1] if spans else None,
        )
        for name, rows in parts.items()
    )
    manifest = SplitManifest(
        kind=plan.kind, seed=plan.seed, column=plan.column, parts=listed, cuts=cuts, left_out=left_out
    )
    return Split(parts, manifest)


def _shared(pieces: list[Array]) -> int:
    """Count the values that stand in more than one piece."""
    distinct = [np.unique(piece[_comparable(piece)]) for piece in pieces]
    counts = np.unique(np.concatenate(distinct), return_counts=True)[1]
    return int((counts > 1).sum())


def _comparable(values: Array) -> Bools:
    return present(values) if values.dtype.kind != "i" else np.ones(len(values), dtype=bool)


def _in_order(pieces: list[Array]) -> bool:
    known = [piece[present(piece)] for piece in pieces]
    filled = [piece for piece in known if len(piece)]
    return all(before.max() < after.min() for before, after in pairwise(filled))


def _disjoint_sentence(shared_rows: int, shared_keys: Mapping[str, int], *, in_order: bool | None) -> str:
    found = []
    if shared_rows:
        found.append(_("{n} rows stand in more than one part.", n=shared_rows))
    found += [
        _("{n} values of {column} stand in more than one part.", n=n, column=column)
        for column, n in shared_keys.items()
        if n
    ]
    if in_order is False:
        found.append(_("A later part begins before an earlier one ends."))
    return " ".join(found) or _("The parts share nothing.")
