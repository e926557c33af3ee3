"""One SELECT over a private file, locked down: for a child process that may be killed at any time."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.limits import limit
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    import duckdb

MAX_ROWS = 10_000
MAX_ANSWER_BYTES = 1024 * 1024
MEMORY_BYTES = 3 * 1024**3 // 2
CPU_S = 6
WALL_MS = 4_000
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree", "repeat"})
_CONFIG = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "memory_limit": "500MB",
    "max_temp_directory_size": "0MB",
    "lock_configuration": "true",
}


class SelectJob(msgspec.Struct, frozen=True, kw_only=True):
    """The file to ask and the SQL of a person."""

    path: str
    sql: str


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """The columns and rows found; ``is_cut`` tells that there were more rows than are given."""

    columns: list[str]
    rows: list[list[Any]]
    is_cut: bool = False


def select(job: SelectJob, progress: Progress) -> Selected:
    """Return what one SELECT finds in the file.

    Raises:
        DeskError: it is not one SELECT, is refused by the lock, fails, or takes too much.
    """
    progress(_("Asking"), 0, 0)
    import duckdb

    limit(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=64, written_bytes=0)
    check_is_select(job.sql)
    connection = duckdb.connect(job.path, read_only=True, config=_CONFIG | {"max_execution_time": str(WALL_MS)})  # type: ignore[arg-type]
    try:
        _check_says_nothing_of_here(connection, job.sql)
        cursor = connection.execute(job.sql)
        columns = [each[0] for each in cursor.description or ()]
        cursor = _without_zones(connection, job.sql, [str(each[1]) for each in cursor.description or ()]) or cursor
        rows = cursor.fetchmany(MAX_ROWS + 1)
    except (duckdb.Error, MemoryError) as error:
        raise _refused(error) from error
    plain = [[_plain(cell) for cell in row] for row in rows[:MAX_ROWS]]
    if len(msgspec.json.encode(plain)) > MAX_ANSWER_BYTES:
        raise DeskError(_("The answer is larger than 1 MiB."), _("Ask for fewer rows or columns."), code="SQL-105")
    return Selected(columns=columns, rows=plain, is_cut=len(rows) > MAX_ROWS)


def check_is_select(sql: str) -> None:
    """Look whether a text is one SELECT; nothing runs.

    Raises:
        DeskError: it is not.
    """
    import duckdb

    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise _refused(error) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise DeskError(
            _("Only one SELECT may be asked."),
            _("The views are read only; docs/views.md lists them."),
            code="SQL-101",
        )


def _check_says_nothing_of_here(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse what tells of this machine instead of the views: settings, memory, files and folders of DuckDB."""
    tree = msgspec.json.decode(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    named = next((each for node in _nodes(tree) if (each := _of_here(node))), "")
    if tree["error"] or named:
        reason = _("{name} does not tell of the project", name=named or "this statement")
        raise DeskError(_("This query is not allowed: {reason}", reason=reason), _allowed(), code="SQL-102")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            yield node
        todo += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def _of_here(node: dict[str, Any]) -> str:
    """Return the name of a table or function that shows the machine; empty for any other node of a parsed query."""
    if node.get("type") == "TABLE_FUNCTION":
        called = str(node["function"]["function_name"]).lower()
        return "" if called in _TABLE_FUNCTIONS else called
    if node.get("type") == "BASE_TABLE":
        path = [str(each).lower() for each in node["qualified_name"]["path"]]
        is_of_here = path[-1].startswith(("duckdb_", "pragma_")) or "pg_catalog" in path or path[-1] == "pg_settings"
        return path[-1] if is_of_here else ""
    called = str(node.get("function_name", "")).lower()
    return called if called in ("current_setting", "getenv") else ""


def _without_zones(
    connection: duckdb.DuckDBPyConnection, sql: str, kinds: list[str]
) -> duckdb.DuckDBPyConnection | None:
    """Ask again with instants as times in UTC, where there are any: DuckDB needs pytz to give them to Python."""
    zoned = "TIMESTAMP WITH TIME ZONE"
    if not any(zoned in kind for kind in kinds):
        return None
    names = [f"c{at}" for at in range(len(kinds))]
    shown = [
        f"CASE WHEN isfinite({each}) THEN make_timestamp(epoch_us({each})) END"
        if kind == zoned
        else f"{each}::VARCHAR"
        if zoned in kind
        else each
        for each, kind in zip(names, kinds, strict=True)
    ]
    plain = connection.execute("SELECT json_deserialize_sql(json_serialize_sql(?))", [sql]).fetchall()[0][0]
    return connection.execute(f"SELECT {', '.join(shown)} FROM ({plain}) AS found({', '.join(names)})")  # noqa: S608


def _refused(error: BaseException) -> DeskError:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    name = type(error).__name__
    if name in ("PermissionException", "InvalidInputException"):
        return DeskError(_("This query is not allowed: {reason}", reason=first), _allowed(), code="SQL-102")
    if name in ("InterruptException", "OutOfMemoryException", "MemoryError"):
        return DeskError(
            _("The query took more time or memory than it may."),
            _("It may run for {seconds} s. Ask for less.", seconds=WALL_MS // 1000),
            code="SQL-103",
        )
    return DeskError(
        _("The query does not work: {reason}", reason=first), _("docs/views.md lists the views."), code="SQL-104"
    )


def _allowed() -> str:
    return _("A query may read the documented views and nothing else: no files, no network, no settings.")


def _plain(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return cell.isoformat() + ("Z" if cell.tzinfo is None else "")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, decimal.Decimal):
        return float(cell)
    if isinstance(cell, float) and (not math.isfinite(cell)):
        return None
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
