"""The documented views: what people's SQL may see, as a private file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from mlops_desk.kernel.record import Fact, Noun, fields_of, table_of

_INTERNAL = frozenset({"line", "device", "devices", "mail"})  # how things are kept, and addresses of people


def columns(noun: type[Noun]) -> list[str]:
    """Return the columns that a view of a noun shows."""
    return [each.name for each in fields_of(noun) if each.name not in _INTERNAL]


def export(connection: duckdb.DuckDBPyConnection, nouns: Mapping[str, type[Noun]], target: Path) -> None:
    """Write the documented views to a new DuckDB file that holds nothing else."""
    connection.execute(f"ATTACH '{str(target).replace(chr(39), chr(39) * 2)}' AS outside")
    try:
        for name, noun in nouns.items():
            table = table_of(name)
            listed = ", ".join(f'"{column}"' for column in columns(noun))
            condition = " WHERE withdrawn = ''" if issubclass(noun, Fact) else ""
            connection.execute(f'CREATE TABLE outside."{table}" AS SELECT {listed} FROM "{table}"{condition}')  # noqa: S608
    finally:
        connection.execute("DETACH outside")
