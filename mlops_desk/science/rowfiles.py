"""Row files in and out: a Parquet or CSV file as a table, arrays as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.lockdown import one_row, path_list, path_text, text, without_folders
from mlops_desk.science.table import Array, Table

if TYPE_CHECKING:
    import duckdb

FileFormat = Literal["parquet", "csv"]


def read_table(path: str, file_format: FileFormat, missing: tuple[str, ...] = ()) -> Table:
    """Read a whole file in its own order; ``missing`` are the tokens that stand for no value.

    DuckDB may open this one file and nothing else. DATA-410 says why a file cannot be read.
    """
    place = path_text(path)
    reader = f"read_parquet({place})" if file_format == "parquet" else f"read_csv({place}, sample_size = -1)"
    return Table.of(_fetched(path, f"SELECT * FROM {reader}"), missing=missing)  # noqa: S608 - path_text


def read_facts(path: str) -> dict[str, str]:
    """Return the facts that `write_rows` put beside the rows."""
    facts = _fetched(path, f"SELECT key, value FROM parquet_kv_metadata({path_text(path)})")  # noqa: S608 - path_text
    return {bytes(key).decode(): bytes(value).decode() for key, value in zip(facts["key"], facts["value"], strict=True)}


def write_rows(path: Path, columns: Mapping[str, Array], facts: Mapping[str, str]) -> None:
    """Write arrays of equal length as a Parquet file, with facts (name -> text) in its metadata."""
    import duckdb

    path.unlink(missing_ok=True)
    known = ", ".join(f"{name}: {text(value)}" for name, value in facts.items())
    with duckdb.connect(config={"threads": "1"}) as con:
        con.register("made", {name: _storable(array) for name, array in columns.items()})
        con.execute(
            f"COPY (SELECT * FROM made) TO {text(str(path))} "  # noqa: S608 - quoted; COPY takes no parameters
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{known}}})"
        )


def join_rows(paths: Sequence[Path], target: Path) -> int:
    """Write the rows of Parquet files into one, in their order, with the facts of the first; return how many.

    Raises:
        DeskError: DATA-410 a file cannot be read.
    """
    import duckdb

    facts = read_facts(str(paths[0]))
    known = ", ".join(f"{name}: {text(value)}" for name, value in facts.items())
    target.unlink(missing_ok=True)
    with duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"}) as con:
        _lock(con, *(str(each) for each in paths), str(target))
        listed = ", ".join(path_text(each) for each in paths)
        rows = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        try:
            con.execute(
                f"COPY (SELECT * FROM {rows}) TO {text(str(target))} "  # noqa: S608 - quoted; COPY takes no parameters
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{known}}})"
            )
            return int(one_row(con, f"SELECT count(*) FROM read_parquet({path_text(target)})")[0])  # noqa: S608
        except duckdb.Error as error:
            raise _unreadable(error, *paths, target) from error


def csv_to_parquet(path: Path, target: Path, types: Mapping[str, str]) -> None:
    """Write a CSV file of ours as Parquet, its columns of these SQL types; empty cells are nothing, quoted ones texts.

    Raises:
        DeskError: DATA-410 the file cannot be read.
    """
    import duckdb

    named = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in types.items())
    rows = (
        f"read_csv({path_text(path)}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = '', allow_quoted_nulls = false, new_line = '\\r\\n', columns = {{{named}}})"
    )
    with duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"}) as con:
        _lock(con, str(path), str(target))
        try:
            con.execute(f"COPY (SELECT * FROM {rows}) TO {text(str(target))} (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
        except duckdb.Error as error:
            raise _unreadable(error, path, target) from error


def _storable(array: Array) -> Array:
    return array.astype("datetime64[us]") if array.dtype.kind == "M" else array  # DuckDB knows no days of numpy


def _fetched(path: str, sql: str) -> dict[str, Array]:
    import duckdb

    with duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"}) as con:
        _lock(con, path)
        try:
            return con.execute(sql).fetchnumpy()
        except duckdb.Error as error:
            raise _unreadable(error, path) from error


def _unreadable(error: duckdb.Error, *paths: str | Path) -> DeskError:
    reason = without_folders(str(error).strip().splitlines()[0], paths)[:300]
    return DeskError(
        _("The file cannot be read: {reason}", reason=reason),
        _("Look at the file's format, and whether it is still where it was."),
        code="DATA-410",
    )


def _lock(con: duckdb.DuckDBPyConnection, *paths: str) -> None:
    con.execute(f"SET allowed_paths = {path_list(paths)}")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
