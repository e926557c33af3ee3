"""Row files in and out: a Parquet or CSV file as a table, arrays as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.table import Array, Table

if TYPE_CHECKING:
    import duckdb

FileFormat = Literal["parquet", "csv"]


def read_table(path: str, file_format: FileFormat, missing: tuple[str, ...] = ()) -> Table:
    """Read a whole file in its own order; ``missing`` are the tokens that stand for no value.

    DuckDB may open this one file and nothing else. DATA-410 says why a file cannot be read.
    """
    reader = "read_parquet($path)" if file_format == "parquet" else "read_csv($path, sample_size = -1)"
    return Table.of(_fetched(path, f"SELECT * FROM {reader}"), missing=missing)  # noqa: S608 - one of two literals


def read_facts(path: str) -> dict[str, str]:
    """Return the facts that `write_rows` put beside the rows."""
    facts = _fetched(path, "SELECT key, value FROM parquet_kv_metadata($path)")
    return {bytes(key).decode(): bytes(value).decode() for key, value in zip(facts["key"], facts["value"], strict=True)}


def write_rows(path: Path, columns: Mapping[str, Array], facts: Mapping[str, str]) -> None:
    """Write arrays of equal length as a Parquet file, with facts (name -> text) in its metadata."""
    import duckdb

    path.unlink(missing_ok=True)
    known = ", ".join(f"{name}: {_quoted(value)}" for name, value in facts.items())
    with duckdb.connect(config={"threads": "1"}) as con:
        con.register("made", {name: _storable(array) for name, array in columns.items()})
        con.execute(
            f"COPY (SELECT * FROM made) TO {_quoted(str(path))} "  # noqa: S608 - quoted; COPY takes no parameters
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{known}}})"
        )


def _storable(array: Array) -> Array:
    return array.astype("datetime64[us]") if array.dtype.kind == "M" else array  # DuckDB knows no days of numpy


def _fetched(path: str, sql: str) -> dict[str, Array]:
    import duckdb

    with duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"}) as con:
        _lock(con, path)
        try:
            return con.execute(sql, {"path": path}).fetchnumpy()
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0][:300]
            raise DeskError(
                _("The file cannot be read: {reason}", reason=reason),
                _("Look at the file's format, and whether it is still where it was."),
                code="DATA-410",
            ) from error


def _lock(con: duckdb.DuckDBPyConnection, path: str) -> None:
    con.execute(f"SET allowed_paths = [{_quoted(path)}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
