"""Whole columns of a source as numpy arrays, for tests to look at what was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlops_desk.science.lockdown import arrays, name
from mlops_desk.science.sources import Source, connection, relation

_PLAIN = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_KEPT = (*_PLAIN, "FLOAT", "DOUBLE", "BOOLEAN", "DATE", "VARCHAR")


def read_columns(source: Source, columns: Sequence[str]) -> dict[str, np.ndarray]:
    """Return whole columns in the file's order: missing is NaN, NaT or None."""
    types = {column.name: column.type for column in source.columns}
    chosen = ", ".join(f"{_readable(types[each])(name(each))} AS {name(each)}" for each in columns)
    with connection(source) as opened:
        found = arrays(opened, f"SELECT {chosen} FROM {relation(source)}")
    return {each: unmasked(found[each]) for each in columns}


def unmasked(array: Any) -> np.ndarray:
    """Return a plain array: missing is NaN, NaT or None, whatever its type has."""
    if not isinstance(array, np.ma.MaskedArray):
        return np.asarray(array)
    mask, data = np.ma.getmaskarray(array), np.asarray(array.data)
    if not mask.any():
        return data
    missing: Any = None
    if data.dtype.kind in "iuf":
        data, missing = data.astype(np.float64, copy=False), np.nan
    elif data.dtype.kind == "M":
        missing = np.datetime64("NaT")
    else:
        data = data.astype(object)
    return np.where(mask, missing, data) if data.dtype.kind != "O" else _with_none(data, mask)


def _with_none(data: np.ndarray, mask: np.ndarray) -> np.ndarray:
    data[mask] = None
    return data


def _readable(kind: str) -> Any:
    base = kind.partition("(")[0]
    if base in ("DECIMAL", "HUGEINT", "UHUGEINT", "BIGNUM"):
        return lambda column: f"{column}::DOUBLE"
    if base.startswith("TIMESTAMP"):
        return lambda column: f"{column}::TIMESTAMP"
    if base in _KEPT:
        return lambda column: column
    return lambda column: f"{column}::VARCHAR"
