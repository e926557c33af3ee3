"""The table of the benchmarks: 14 numeric and 6 textual columns as they are met, written by DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb

NORMAL = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"
NUMERIC = [
    *(f"{NORMAL} + $shift * {at} / 10" for at in range(4)),
    f"exp({NORMAL})",
    f"exp(2 * ({NORMAL})) * 100",
    "random()",
    "CASE WHEN random() < 0.1 THEN NULL ELSE random() * 100 END",
    "(random() * 1000000)::BIGINT",
    "(random() * 100)::INTEGER",
    "(random() * 2)::INTEGER",
    f"round({NORMAL} * 100, 2)",
    "i // 2",
    f"CASE WHEN random() < 0.9 THEN 0 ELSE {NORMAL} END",
]
TEXTUAL = [
    "'c' || (random() * 5)::INTEGER",
    "'country ' || (random() * 200)::INTEGER",
    "'city of ' || (pow(random(), 3) * 5000)::INTEGER",
    "CASE WHEN random() < 0.05 THEN NULL ELSE 'k' || (random() * 20)::INTEGER END",
    "CASE WHEN random() < 0.5 THEN 'Male' ELSE 'Female' END",
    "'user-' || (random() * 100000000)::BIGINT",
]
NAMES = [*(f"n{at}" for at in range(14)), *(f"c{at}" for at in range(6))]


def write(path: Path, rows: int, *, seed: float = 0.42, shift: float = 0.0) -> Path:
    """Write the table as Parquet; ``shift`` moves n1 to n3."""
    columns = ", ".join(f"{sql} AS {name}" for sql, name in zip([*NUMERIC, *TEXTUAL], NAMES, strict=True))
    with duckdb.connect(config={"threads": "2", "memory_limit": "1GB"}) as connection:
        connection.execute(f"SELECT setseed({seed})")
        body = f"SELECT {columns.replace('$shift', str(shift))} FROM range({rows}) t(i)"
        connection.execute(f"COPY ({body}) TO '{path}' (FORMAT parquet)")
    return path
