"""The figures of one column: exact ones from one sort, or streamed ones where a sort would not fit in memory."""

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desk.science.lockdown import arrays, name, one_row, text

if TYPE_CHECKING:
    import duckdb
    import numpy as np

MAX_SORTED = 20_000_000
BINS = 50
TOP = 10
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
DISGUISES = ("?", "na", "n/a", "none", "null", "-", "", "unknown")
_MANY = 5_000
_SAMPLED_ROWS = 100_000
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FLOATS = ("FLOAT", "DOUBLE", "DECIMAL", "HUGEINT", "UHUGEINT", "BIGNUM")


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of equally wide bins from ``low`` to ``high``; each holds its left edge, the last one both."""

    low: float
    high: float
    counts: tuple[int, ...]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A value and how many rows hold it."""

    value: str
    count: int


class ColumnProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What one column holds.

    ``missing`` counts nulls and NaN; ``disguised`` tokens that stand for missing are not in it.
    ``distinct`` and all figures leave the missing out; min, max, mean, std (n - 1), quantiles and
    histogram also leave out ``infinite``. Of dates and instants the figures are microseconds
    since 1970 (UTC) and ``minimum``, ``maximum`` ISO text; of times they are seconds of the day.
    Lengths are in characters. ``is_approximate``: distinct, quantiles and histogram are estimates.
    """

    name: str
    type: str
    kind: str
    missing: int
    distinct: int
    is_approximate: bool = False
    disguised: tuple[Counted, ...] = ()
    minimum: float | int | str | None = None
    maximum: float | int | str | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: dict[str, float] = msgspec.field(default_factory=dict)
    histogram: Histogram | None = None
    top: tuple[Counted, ...] = ()
    zeros: int = 0
    negatives: int = 0
    infinite: int = 0
    shortest: int | None = None
    longest: int | None = None
    mean_length: float | None = None


def family(kind: str) -> str:
    """Return integer, number, date, time, clock, boolean or text for a DuckDB type."""
    base = kind.partition("(")[0]
    if kind.endswith("]"):
        return "text"
    if base in _INTEGERS:
        return "integer"
    if base in _FLOATS:
        return "number"
    if base.startswith("TIMESTAMP"):
        return "time"
    return {"DATE": "date", "TIME": "clock", "BOOLEAN": "boolean"}.get(base, "text")


def as_number(column: str, kind: str) -> str:
    """Return SQL that gives a column that is not text as integers or doubles; infinite dates as null."""
    quoted, kin = name(column), family(kind)
    if kin in ("date", "time"):
        return f"CASE WHEN isfinite({quoted}) THEN epoch_us({quoted}::TIMESTAMP) END"
    if kin == "clock":
        return f"date_part('epoch', {quoted})::DOUBLE"
    return f"{quoted}::DOUBLE" if kin == "number" else quoted


def sorted_values(cursor: duckdb.DuckDBPyConnection, table: str, column: str, kind: str) -> np.ndarray:
    """Return the values of a column that are not null and not NaN, ascending; infinities at the ends."""
    return ascending(values_in_order(cursor, table, column, kind))


def values_in_order(cursor: duckdb.DuckDBPyConnection, table: str, column: str, kind: str) -> np.ndarray:
    """Return the values of a column that are not null, in the order of the rows."""
    import numpy as np

    number = as_number(column, kind)
    return np.asarray(arrays(cursor, f"SELECT {number} AS v FROM {table} WHERE {number} IS NOT NULL")["v"])


def ascending(values: np.ndarray) -> np.ndarray:
    """Return the values that are not NaN, ascending; may sort them in place."""
    import numpy as np

    if values.dtype.kind != "f":
        return _sorted_integers(values)
    values.sort()
    return values[: np.searchsorted(values, np.nan)]


def _sorted_integers(values: np.ndarray) -> np.ndarray:
    """Sort by counting where the values lie close together: twenty times faster than comparing."""
    import numpy as np

    if not len(values):
        return values
    low, high = int(values.min()), int(values.max())
    if high - low > max(1 << 16, len(values) // 8):
        values.sort()
        return values
    wide = np.uint64 if values.dtype.kind == "u" else np.int64  # a narrow type would overflow
    counts = np.bincount((values.astype(wide) - wide(low)).astype(np.int64), minlength=high - low + 1)
    return np.repeat(np.arange(low, high + 1, dtype=values.dtype), counts)


def numeric(cursor: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, rows: int) -> ColumnProfile:
    """Return the profile of a column of numbers, dates, instants or times of ``rows`` rows."""
    bare = ColumnProfile(name=column, type=kind, kind=family(kind), missing=0, distinct=0)
    if rows > MAX_SORTED:
        return _dated(_streamed(cursor, table, bare, rows))
    values = sorted_values(cursor, table, column, kind)
    return _dated(msgspec.structs.replace(bare, missing=rows - len(values), **_sorted_figures(values)))


def _sorted_figures(values: np.ndarray) -> dict[str, Any]:
    import numpy as np

    if not len(values):
        return {}
    first, last = np.searchsorted(values, 0, "left"), np.searchsorted(values, 0, "right")
    figures = {
        "distinct": int(np.count_nonzero(values[1:] != values[:-1])) + 1,
        "negatives": int(first),
        "zeros": int(last - first),
    }
    finite = finite_part(values)
    figures["infinite"] = len(values) - len(finite)
    if not len(finite):
        return figures
    mean, std = moments(finite)
    low, high = finite[0].item(), finite[-1].item()
    return figures | {
        "minimum": low,
        "maximum": high,
        "mean": mean,
        "std": std,
        "quantiles": {f"{q:.0%}"[:-1]: _quantile(finite, q) for q in QUANTILES},
        "histogram": Histogram(low=float(low), high=float(high), counts=_bin_counts(finite)),
    }


def finite_part(values: np.ndarray) -> np.ndarray:
    """Return the finite part of ascending values, as a view."""
    import numpy as np

    if values.dtype.kind != "f":
        return values
    return values[np.searchsorted(values, -np.inf, "right") : np.searchsorted(values, np.inf, "left")]


def moments(finite: np.ndarray) -> tuple[float | None, float | None]:
    """Return mean and std (n - 1) of finite values; None where they leave the range of doubles."""
    import numpy as np

    with np.errstate(all="ignore"):
        mean = float(finite.mean(dtype=np.float64))
        squares = sum(
            float(np.square(finite[at : at + (1 << 18)] - mean).sum()) for at in range(0, len(finite), 1 << 18)
        )
    std = math.sqrt(squares / (len(finite) - 1)) if len(finite) > 1 else 0.0
    return mean if math.isfinite(mean) else None, std if math.isfinite(std) else None


def _quantile(finite: np.ndarray, share: float) -> float:
    """Return a quantile by linear interpolation (Hyndman and Fan 1996, type 7: numpy's default)."""
    at = share * (len(finite) - 1)
    low, part = int(at), at - int(at)
    below, above = float(finite[low]), float(finite[min(low + 1, len(finite) - 1)])
    if below == above:
        return below  # the sum below could round away from it
    return below * (1 - part) + above * part


def _bin_counts(finite: np.ndarray) -> tuple[int, ...]:
    import numpy as np

    low, high = float(finite[0]), float(finite[-1])
    if low == high:
        return (len(finite),)
    steps = np.arange(1, BINS) / BINS
    edges = low * (1 - steps) + high * steps  # not high - low: it can overflow
    if finite.dtype.kind != "f":
        edges = np.ceil(edges).clip(low, high).astype(finite.dtype)  # comparing as they are: no copy to floats
    cuts = np.concatenate(([0], np.searchsorted(finite, edges, "left"), [len(finite)]))
    return tuple(np.diff(cuts).tolist())


def _streamed(cursor: duckdb.DuckDBPyConnection, table: str, bare: ColumnProfile, rows: int) -> ColumnProfile:
    inner = f"(SELECT {as_number(bare.name, bare.type)} AS v FROM {table})"
    real = f"(SELECT v FROM {inner} WHERE v IS NOT NULL AND NOT isnan(v::DOUBLE))"
    finite = f"(SELECT v FROM {real} WHERE isfinite(v::DOUBLE))"
    count, distinct, negatives, zeros = one_row(
        cursor, f"SELECT count(*), approx_count_distinct(v), count_if(v < 0), count_if(v = 0) FROM {real}"
    )
    number, low, high, mean, std, *quantiles = one_row(
        cursor,
        "SELECT count(*), min(v), max(v), avg(v), stddev_samp(v), "
        f"{', '.join(f'approx_quantile(v::DOUBLE, {q})' for q in QUANTILES)} FROM {finite}",
    )
    found = msgspec.structs.replace(
        bare, missing=rows - count, distinct=min(distinct, count), negatives=negatives, zeros=zeros
    )
    found = msgspec.structs.replace(found, infinite=count - number, is_approximate=True)
    if not number:
        return found
    width = (high - low) / BINS
    bins = f"least(greatest(floor((v - {low!r}) / {width!r}), 0), {BINS - 1})::INTEGER" if width else "0"
    counted = dict(cursor.execute(f"SELECT {bins}, count(*) FROM {finite} GROUP BY 1").fetchall())
    counts = tuple(counted.get(at, 0) for at in range(BINS)) if width else (number,)
    return msgspec.structs.replace(
        found,
        minimum=low,
        maximum=high,
        mean=mean,
        std=std,
        quantiles={f"{q:.0%}"[:-1]: value for q, value in zip(QUANTILES, quantiles, strict=True)},
        histogram=Histogram(low=float(low), high=float(high), counts=counts),
    )


def _dated(found: ColumnProfile) -> ColumnProfile:
    if found.kind not in ("date", "time") or not isinstance(found.minimum, int) or not isinstance(found.maximum, int):
        return msgspec.structs.replace(found, kind="time") if found.kind == "clock" else found
    return msgspec.structs.replace(
        found, minimum=_instant(found.minimum, found.kind), maximum=_instant(found.maximum, found.kind)
    )


def _instant(microseconds: int, kind: str) -> str:
    try:
        when = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=microseconds)  # noqa: DTZ001 - UTC by contract
    except OverflowError:
        return str(microseconds)
    return when.date().isoformat() if kind == "date" else when.isoformat() + "Z"


def textual(cursor: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, rows: int) -> ColumnProfile:
    """Return the profile of a column of text (or truth values) of ``rows`` rows."""
    quoted = f"{name(column)}::VARCHAR"
    (likely,) = one_row(
        cursor, f"SELECT approx_count_distinct(v) FROM (SELECT {quoted} AS v FROM {table} LIMIT {_SAMPLED_ROWS})"
    )
    groups: list[tuple[str | None, int]] = []
    if likely <= _MANY:
        sql = f"SELECT {quoted}, count(*) FROM {table} GROUP BY 1 LIMIT {4 * _MANY + 1}"
        groups = cursor.execute(sql).fetchall()
    bare = ColumnProfile(name=column, type=kind, kind=family(kind), missing=0, distinct=0)
    if likely > _MANY or len(groups) > 4 * _MANY:
        return _many_texts(cursor, table, bare, rows)
    return _few_texts(bare, groups)


def _few_texts(bare: ColumnProfile, groups: list[tuple[str | None, int]]) -> ColumnProfile:
    counts = {value: count for value, count in groups if value is not None}
    disguised: dict[str, int] = {}
    for value, count in counts.items():
        token = value.strip(" ").lower()
        if token in DISGUISES:
            disguised[token] = disguised.get(token, 0) + count
    lengths = [len(value) for value in counts]
    total = sum(counts.values())
    return msgspec.structs.replace(
        bare,
        missing=sum(count for value, count in groups if value is None),
        distinct=len(counts),
        disguised=most(disguised),
        top=most(counts),
        shortest=min(lengths, default=None),
        longest=max(lengths, default=None),
        mean_length=sum(len(value) * count for value, count in counts.items()) / total if total else None,
    )


def most(counts: dict[str, int], number: int = TOP) -> tuple[Counted, ...]:
    """Return the most frequent values, the greatest count first, equal ones in their own order."""
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:number]
    return tuple(Counted(value=value, count=count) for value, count in ranked)


def _many_texts(cursor: duckdb.DuckDBPyConnection, table: str, bare: ColumnProfile, rows: int) -> ColumnProfile:
    quoted = f"{name(bare.name)}::VARCHAR"
    count, shortest, longest, mean_length = one_row(
        cursor,
        f"SELECT count(v), min(length(v)), max(length(v)), avg(length(v)) FROM (SELECT {quoted} AS v FROM {table})",
    )
    longest_disguise = max(map(len, DISGUISES))
    disguised = cursor.execute(
        f"SELECT lower(trim(v)), count(*) FROM (SELECT {quoted} AS v FROM {table}) WHERE length(v) <= "
        f"{4 * longest_disguise} AND lower(trim(v)) IN ({', '.join(map(text, DISGUISES))}) GROUP BY 1"
    ).fetchall()
    distinct, top = _distinct_texts(cursor, table, quoted, rows)
    return msgspec.structs.replace(
        bare,
        missing=rows - count,
        distinct=distinct,
        is_approximate=rows > MAX_SORTED,
        disguised=most(dict(disguised)),
        top=top,
        shortest=shortest,
        longest=longest,
        mean_length=mean_length,
    )


def _distinct_texts(
    cursor: duckdb.DuckDBPyConnection, table: str, quoted: str, rows: int
) -> tuple[int, tuple[Counted, ...]]:
    """Count distinct texts by their 64-bit hashes: wrong with a chance below rows² / 2^65 (3e-6 at 10M rows)."""
    import numpy as np

    if rows > MAX_SORTED:
        found = one_row(cursor, f"SELECT approx_count_distinct({quoted}), approx_top_k({quoted}, {TOP}) FROM {table}")
        likely = ", ".join(text(each) for each in found[1])
        sql = f"SELECT {quoted}, count(*) FROM {table} WHERE {quoted} IN ({likely}) GROUP BY 1"
        return found[0], most(dict(cursor.execute(sql).fetchall()))
    hashes = np.asarray(arrays(cursor, f"SELECT hash({quoted}) AS h FROM {table} WHERE {quoted} IS NOT NULL")["h"])
    hashes.sort()
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))) if len(hashes) else hashes
    if len(starts) == len(hashes):
        return len(starts), ()
    counts = np.diff(starts, append=len(hashes))
    best = np.argsort(counts)[-TOP:] if len(counts) <= TOP else np.argpartition(counts, -TOP)[-TOP:]
    keys = {int(hashes[starts[at]]): int(counts[at]) for at in best}
    wanted = ", ".join(map(str, keys))
    sql = f"SELECT hash({quoted}), any_value({quoted}) FROM {table} WHERE hash({quoted}) IN ({wanted}) GROUP BY 1"
    return len(starts), most({value: keys[key] for key, value in cursor.execute(sql).fetchall()})
