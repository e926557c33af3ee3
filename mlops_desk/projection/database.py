"""The DuckDB file of one process: leased, versioned, rebuilt without a question when it does not fit."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import duckdb
import msgspec
from filelock import FileLock, Timeout

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import Noun, fields_of, item_type, sql_type, table_of
from mlops_desk.kernel.rows import Registry
from mlops_desk.kernel.words import _

SCHEMA_VERSION = 1
_encoder = msgspec.json.Encoder()
_DISK_ERRORS = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
FEW_ROWS, BULK_ROWS = 8, 500  # measured: each way of inserting is the fastest within its bounds

_OWN_TABLES: Mapping[str, Mapping[str, str]] = {
    "meta": {"fingerprint": "VARCHAR"},
    "cursor": {
        "path": "VARCHAR",
        "size": "BIGINT",
        "digest": "VARCHAR",
        "disk_size": "BIGINT",
        "mtime_ns": "BIGINT",
        "inode": "UBIGINT",
    },
    "line": {
        "id": "VARCHAR",
        "device": "VARCHAR",
        "seq": "BIGINT",
        "prev": "VARCHAR",
        "ms": "BIGINT",
        "counter": "BIGINT",
        "roster": "VARCHAR[]",
        "seen": "VARCHAR[]",
        "acting": "VARCHAR",
        "kind": "VARCHAR",
        "written": "VARCHAR[]",
        "flaw": "VARCHAR",
        "verdict": "VARCHAR",
        "reason": "VARCHAR",
        "member": "VARCHAR",
        "place": "VARCHAR",
    },
    "op": {
        "line": "VARCHAR",
        "index": "INTEGER",
        "op": "VARCHAR",
        "noun": "VARCHAR",
        "id": "VARCHAR",
        "field": "VARCHAR",
        "value": "VARCHAR",
        "pred": "VARCHAR",
    },
    "told_again": {"noun": "VARCHAR", "id": "VARCHAR", "line": "VARCHAR", "first": "VARCHAR"},
    "computed": {"question": "VARCHAR", "content": "VARCHAR", "answer": "VARCHAR"},
    "finding": {"path": "VARCHAR", "code": "VARCHAR", "place": "VARCHAR", "sentence": "VARCHAR", "author": "VARCHAR"},
}
_INDEXES = ("CREATE INDEX op_id ON op(id)", "CREATE INDEX op_line ON op(line)", "CREATE INDEX line_id ON line(id)")


class StoreError(DeskError):
    """The local store cannot be written; the journal holds everything."""

    def __init__(self, folder: Path, error: duckdb.Error) -> None:
        super().__init__(
            _("The local store cannot be written: {reason}.", reason=str(error).splitlines()[0].rstrip(".")),
            _("Every entry is safe in the journal. Free some space where {folder} lies, and try again.", folder=folder),
            code="STORE-101",
        )


def columns_of(noun: type[Noun]) -> dict[str, str]:
    """Return the columns of a noun's table with their SQL types; lists are JSON texts."""
    return {each.name: "VARCHAR" if item_type(each.type) else _column_type(each.type) for each in fields_of(noun)}


def _column_type(kind: Any) -> str:
    found = sql_type(kind)
    return "VARCHAR" if found == "JSON" else found


class Database:
    """One leased projection file. Use it from one thread; :meth:`cursor` gives further readers."""

    def __init__(self, folder: Path, nouns: Mapping[str, type[Noun]], registry: Registry) -> None:
        self.nouns = nouns
        self.registry = registry
        self._path, self._lease = _lease(folder)
        self.connection = self._open()

    def _open(self) -> duckdb.DuckDBPyConnection:
        fingerprint = self._fingerprint()
        if self._path.exists():
            with suppress(duckdb.Error):
                connection = _connect(self._path)
                with suppress(duckdb.Error):
                    if connection.execute("SELECT fingerprint FROM meta").fetchall() == [(fingerprint,)]:
                        return connection
                connection.close()
        self._delete()
        connection = _connect(self._path)
        self._create(connection, fingerprint)
        return connection

    def _fingerprint(self) -> str:
        shape = {name: columns_of(noun) for name, noun in sorted(self.nouns.items())}
        text = msgspec.json.encode([SCHEMA_VERSION, duckdb.__version__, _OWN_TABLES, shape], order="sorted")
        return sha256(text).hexdigest()

    def _create(self, connection: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
        connection.execute("BEGIN")
        for table, columns in self._tables().items():
            listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f'CREATE TABLE "{table}" ({listed})')
        for statement in _INDEXES:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES (?)", [fingerprint])
        connection.execute("COMMIT")

    def _tables(self) -> dict[str, Mapping[str, str]]:
        return dict(_OWN_TABLES) | {table_of(name): columns_of(noun) for name, noun in self.nouns.items()}

    def _delete(self) -> None:
        for path in (self._path, self._path.with_name(f"{self._path.name}.wal")):
            path.unlink(missing_ok=True)

    def rebuild(self) -> None:
        """Throw everything away and begin empty; who is reading meanwhile reads on."""
        with suppress(duckdb.Error):
            with self.transaction():
                for table in self._tables():
                    self.connection.execute(f'DROP TABLE "{table}"')
            self._create(self.connection, self._fingerprint())
            return
        self.connection.close()  # so damaged that not even its tables can be dropped
        self._delete()
        self.connection = self._open()

    def close(self) -> None:
        """Give the file back; another process may lease it at once."""
        self.connection.close()
        self._lease.release()

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        return self.connection.execute(query, list(values)).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing."""
        try:
            self.connection.execute("BEGIN")
            yield
            self.connection.execute("COMMIT")
        except BaseException as error:
            with suppress(duckdb.Error):
                self.connection.execute("ROLLBACK")
            if isinstance(error, _DISK_ERRORS):
                raise StoreError(self._path.parent, error) from error
            raise

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows given as plain JSON values by column name; many at once are loaded in bulk."""
        if not rows:
            return
        columns = _OWN_TABLES.get(table) or columns_of(self.nouns[table.replace("_", "-")])
        if len(rows) <= FEW_ROWS:
            marks = ", ".join("?" for _column in columns)
            statement = f'INSERT INTO "{table}" VALUES ({marks})'  # noqa: S608 - our own names
            for row in rows:
                self.connection.execute(statement, [row[name] for name in columns])
        elif len(rows) < BULK_ROWS:
            shape = msgspec.json.encode([dict(columns)]).decode()
            text = msgspec.json.encode(rows).decode()
            listed = ", ".join(f'r."{name}"' for name in columns)
            source = f"SELECT {listed} FROM (SELECT unnest(from_json(?, ?)) AS r)"  # noqa: S608 - our own names
            self.connection.execute(f'INSERT INTO "{table}" {source}', [text, shape])
        else:
            self._load(table, columns, rows)

    def _load(self, table: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        with NamedTemporaryFile(suffix=".ndjson", dir=self._path.parent) as file:
            file.write(_encoder.encode_lines(rows))
            file.flush()
            statement = f'INSERT INTO "{table}" SELECT * FROM read_json(?, format => ?, columns => ?, maximum_object_size => 1000000)'  # noqa: S608,E501
            self.connection.execute(statement, [file.name, "newline_delimited", dict(columns)])


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "2"}
    return duckdb.connect(str(path), config=typing.cast("dict[str, str | bool | int | float | list[str]]", config))


def _lease(folder: Path) -> tuple[Path, FileLock]:
    folder.mkdir(parents=True, exist_ok=True)
    for slot in count():
        lock = FileLock(folder / f"projection-{slot}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        return folder / f"projection-{slot}.duckdb", lock
    raise AssertionError
