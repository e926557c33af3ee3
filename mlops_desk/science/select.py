"""One SELECT over a private file, locked down: for a child process that may be killed at any time."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import math
from typing import Any

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

MAX_ROWS = 10_000
MAX_ANSWER_BYTES = 1024 * 1024
MEMORY_BYTES = 3 * 1024**3 // 2
CPU_S = 6
WALL_MS = 4_000
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

    _limit()
    check_is_select(job.sql)
    connection = duckdb.connect(job.path, read_only=True, config=_CONFIG | {"max_execution_time": str(WALL_MS)})  # type: ignore[arg-type]
    try:
        cursor = connection.execute(job.sql)
        columns = [each[0] for each in cursor.description or ()]
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
    if len(statements) != 1 or statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise DeskError(
            _("Only one SELECT may be asked."),
            _("The views are read only; docs/views.md lists them."),
            code="SQL-101",
        )


def _refused(error: BaseException) -> DeskError:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    name = type(error).__name__
    if name in ("PermissionException", "InvalidInputException"):
        hint = _("A query may read the documented views and nothing else: no files, no network, no settings.")
        return DeskError(_("This query is not allowed: {reason}", reason=first), hint, code="SQL-102")
    if name in ("InterruptException", "OutOfMemoryException", "MemoryError"):
        return DeskError(
            _("The query took more time or memory than it may."),
            _("It may run for {seconds} s. Ask for less.", seconds=WALL_MS // 1000),
            code="SQL-103",
        )
    return DeskError(
        _("The query does not work: {reason}", reason=first), _("docs/views.md lists the views."), code="SQL-104"
    )


def _limit() -> None:
    """Bound what the process may take, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


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
