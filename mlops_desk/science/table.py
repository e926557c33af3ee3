"""A table in memory: one numpy array a column, each of a kind that models understand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

Kind = Literal["number", "category", "time"]
Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MissingTokens = Collection[str] | Mapping[str, Collection[str]]


class Table(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Columns of equal length; never changed after it is made.

    ``columns``: name -> array of ``rows`` values. A number is float64 with NaN for
    missing (whole numbers beyond 2**53 lose their last digits), a category is an object array of
    ``str | None`` (truth values are "true" and "false"), a time is datetime64[us]
    with NaT. ``disguised``: name -> how many cells a missing token stood in.
    """

    columns: dict[str, Array]
    kinds: dict[str, Kind]
    rows: int
    disguised: dict[str, int] = {}

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any] | Array], *, missing: MissingTokens = ()) -> Table:
        """Make a table of arrays or lists; ``missing`` are the tokens that stand for no value.

        ``missing`` is one collection for all text columns, or one for each named column.
        A text column that holds nothing but numbers and tokens becomes a number.
        """
        arrays: dict[str, Array] = {}
        disguised: dict[str, int] = {}
        for name, values in columns.items():
            tokens = missing.get(name, ()) if isinstance(missing, Mapping) else missing
            arrays[name], hidden = _without_tokens(_column(values), frozenset(tokens))
            if hidden:
                disguised[name] = hidden
        rows = {len(array) for array in arrays.values()}
        if len(rows) > 1:
            raise ValueError(f"columns differ in length: {sorted(rows)}")
        kinds = {name: _kind(array) for name, array in arrays.items()}
        return cls(columns=arrays, kinds=kinds, rows=rows.pop() if rows else 0, disguised=disguised)

    def take(self, rows: Ints) -> Table:
        """Return the rows at these positions, in this order."""
        columns = {name: array[rows] for name, array in self.columns.items()}
        return Table(columns=columns, kinds=self.kinds, rows=len(rows), disguised=self.disguised)

    def column(self, name: str) -> Array:
        """Return one column; DATA-404 names those there are."""
        if name not in self.columns:
            raise DeskError(
                _("There is no column {name}.", name=name),
                _("The columns are: {names}.", names=", ".join(self.columns)),
                code="DATA-404",
            )
        return self.columns[name]

    def present(self, name: str) -> Bools:
        """Say for each row whether the column holds a value."""
        return present(self.column(name))


def present(values: Array) -> Bools:
    """Say for each value whether it is one: not NaN, not NaT, not None."""
    if values.dtype == object:
        return np.array([value is not None for value in values], dtype=bool)
    return ~np.isnan(values)


def label_of(value: object) -> str:
    """Write a value as the label of a class or group: 1.0 as "1", True as "true"."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def labels_of(values: Array) -> Array:
    """Write a column as labels: an object array of ``str | None``."""
    if values.dtype == object:
        return values
    known = present(values)
    distinct, codes = np.unique(values[known], return_inverse=True)
    labels = np.full(len(values), None, dtype=object)
    labels[known] = np.array([label_of(value) for value in distinct], dtype=object)[codes]
    return labels


def _kind(array: Array) -> Kind:
    if array.dtype == object:
        return "category"
    return "time" if array.dtype.kind == "M" else "number"


def _column(values: Sequence[Any] | Array) -> Array:
    """Bring an array of any type, masked or not, into one of the three shapes."""
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    raw = values.data if isinstance(values, np.ma.MaskedArray) else _array(values)
    if raw.dtype.kind in "iuf":
        numbers = raw.astype(np.float64)
        numbers[~np.isfinite(numbers)] = np.nan
        return _blanked(numbers, mask, np.nan)
    if raw.dtype.kind == "M":
        return _blanked(raw.astype("datetime64[us]"), mask, np.datetime64("NaT", "us"))
    if raw.dtype.kind == "m":
        seconds = raw.astype("timedelta64[us]") / np.timedelta64(1, "s")
        return _blanked(np.asarray(seconds, dtype=np.float64), mask, np.nan)
    return _blanked(np.array([_text(value) for value in raw], dtype=object), mask, None)


def _array(values: Sequence[Any] | Array) -> Array:
    if isinstance(values, np.ndarray):
        return values
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if known and isinstance(known[0], np.datetime64):
        return np.array([np.datetime64("NaT") if value is None else value for value in values])
    return np.array(values, dtype=object)


def _blanked(array: Array, mask: Bools | None, blank: object) -> Array:
    if mask is not None and mask.any():
        array = array.copy()
        array[mask] = blank
    return array


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN, which enums use for null
        return None
    return value if isinstance(value, str) else label_of(value)


def _without_tokens(array: Array, tokens: frozenset[str]) -> tuple[Array, int]:
    """Blank the cells that hold a token; count them."""
    if not tokens or array.dtype != object:
        return array, 0
    hidden = np.array([value is not None and value.strip() in tokens for value in array], dtype=bool)
    if not hidden.any():
        return array, 0
    cleaned = _blanked(array, hidden, None)
    return _as_numbers(cleaned), int(hidden.sum())


def _as_numbers(array: Array) -> Array:
    """Read a text column as numbers where every value is one: tokens alone had made it text."""
    known = present(array)
    try:
        values = array[known].astype(np.float64)
    except ValueError:
        return array
    if not np.isfinite(values).all():
        return array
    numbers = np.full(len(array), np.nan)
    numbers[known] = values
    return numbers
