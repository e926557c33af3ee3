"""DuckDB as a reader of foreign files: in memory, no network, no extensions, no path but the given ones."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    import duckdb
    import numpy as np

THREADS = 2
MEMORY_MB = 400
_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


def text(value: str) -> str:
    """Return a string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Return a column's name as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def path_text(path: str | Path) -> str:
    """Return a path as an SQL literal that DuckDB's readers take for that one file, whatever signs are in its name."""
    return text(_as_pattern(path))


def _as_pattern(path: str | Path) -> str:
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))


@contextlib.contextmanager
def locked(
    *paths: str | Path, memory_mb: int = MEMORY_MB, threads: int = THREADS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection in memory that may touch these paths and a private folder for spilling, nothing else.

    What DuckDB cannot do inside the block becomes a :class:`DeskError`, see :func:`refused`.
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="mlops-desk-", ignore_cleanup_errors=True) as folder:
        settings = _CONFIG | {"threads": str(threads), "memory_limit": f"{memory_mb}MB", "temp_directory": folder}
        connection = duckdb.connect(config=settings)  # type: ignore[arg-type]
        try:
            # The paths before the lock: afterwards nothing can be set any more (dependencies.md, 13).
            connection.execute(f"SET allowed_paths = {path_list(paths)}")
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET preserve_insertion_order = true")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        except (duckdb.Error, UnicodeError, MemoryError, RuntimeError) as error:
            if isinstance(error, NotImplementedError | RecursionError):
                raise
            raise refused(error, paths) from error
        finally:
            connection.close()


def path_list(paths: Iterable[str | Path]) -> str:
    """Return paths as an SQL list for ``allowed_paths``, each in the ways it is asked for."""
    return f"[{', '.join(text(each) for each in _both_ways(paths))}]"


def _both_ways(paths: Iterable[str | Path]) -> list[str]:
    """Return each path as it is, which is what gets opened, and as the pattern by which it is asked for."""
    whole = [str(Path(path).absolute()) for path in paths]
    return list(dict.fromkeys([*whole, *map(_as_pattern, whole)]))


def without_folders(said: str, paths: Iterable[str | Path]) -> str:
    """Return what was said with the names of files in place of their paths: folders may hold names of people."""
    for each in paths:
        for known in (*_both_ways([each]), str(each)):
            said = said.replace(known, Path(each).name)
    return re.sub(r"(?:[A-Za-z]:)?[/\\](?:[^\s'\"/\\]+[/\\])+", "", said)


def refused(error: BaseException, paths: Iterable[str | Path] = ()) -> DeskError:
    """Return what DuckDB says of a file as one sentence and what to do."""
    said = without_folders(str(error).strip(), paths)
    first = said.splitlines()[0] if said else type(error).__name__
    kind = type(error).__name__
    if kind in ("OutOfMemoryException", "MemoryError"):
        return DeskError(
            _("The file needs more memory than the desk takes for it."),
            _("Free disk space for temporary files, or save the file as Parquet with fewer columns."),
            code="DATA-218",
        )
    return DeskError(
        _("The file cannot be read: {reason}", reason=first[:300]),
        _("Open it in the program that wrote it and save it again, as CSV in UTF-8 or as Parquet."),
        code="DATA-213",
    )


def one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """Return the only row of an answer."""
    row = connection.execute(sql).fetchone()
    assert row is not None, sql
    return row


def arrays(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, np.ma.MaskedArray[Any, Any] | np.ndarray]:
    """Return an answer as one numpy array (masked where null) per column."""
    found: dict[str, Any] = connection.execute(sql).fetchnumpy()
    return found
