"""One SELECT of a person: its answer in plain values, and bounds that hold whatever it asks."""

from __future__ import annotations

import datetime as dt
import time

import duckdb
import numpy as np
import pytest

from mlops_desk.kernel import child
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science import select as room
from mlops_desk.science.select import MAX_ROWS, Selected, SelectJob, select


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "views.duckdb"
    with duckdb.connect(str(made)) as con:
        con.execute("CREATE TABLE reading AS SELECT range AS n, 'x' || range AS name FROM range(3)")
    return str(made)


@pytest.fixture
def ask(path, monkeypatch):
    monkeypatch.setattr(room, "limit", lambda **_bounds: None)  # else it would bind this process for good
    return lambda sql: select(SelectJob(path=path, sql=sql), silent)


def code(ask, sql: str) -> str:
    with pytest.raises(DeskError) as caught:
        ask(sql)
    assert caught.value.hint
    return caught.value.code


def test_that_columns_and_rows_come_back(ask):
    assert ask("SELECT n, name FROM reading WHERE n > 0 ORDER BY n DESC") == Selected(
        columns=["n", "name"], rows=[[2, "x2"], [1, "x1"]]
    )


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        ("DATE '2026-11-05'", "2026-11-05"),
        ("TIME '10:30:00'", "10:30:00"),
        ("TIMESTAMP '2026-11-05 10:30:00'", "2026-11-05T10:30:00Z"),
        ("1.25::DECIMAL(4, 2)", 1.25),
        ("'inf'::DOUBLE", None),
        ("'nan'::DOUBLE", None),
        ("NULL", None),
        ("true", True),
        ("2::HUGEINT", 2),
        ("[1, 2]", "[1, 2]"),
        ("TIMESTAMPTZ '2026-11-05 10:30:00+02'", "2026-11-05T08:30:00Z"),
        ("'infinity'::TIMESTAMPTZ", None),
        ("NULL::TIMESTAMPTZ", None),
        ("'00000000-0000-0000-0000-000000000001'::UUID", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_that_values_are_what_json_can_say(ask, sql, plain):
    [[found]] = ask(f"SELECT {sql}").rows
    assert found == plain
    assert type(found) is type(plain)


def test_that_a_decimal_is_a_number(ask):
    assert isinstance(ask("SELECT 1::DECIMAL(9, 0)").rows[0][0], float)


def test_that_more_rows_than_are_given_are_said(ask):
    found = ask(f"SELECT * FROM range({MAX_ROWS + 1})")
    assert (len(found.rows), found.is_cut) == (MAX_ROWS, True)
    found = ask(f"SELECT * FROM range({MAX_ROWS})")
    assert (len(found.rows), found.is_cut) == (MAX_ROWS, False)


def test_that_an_answer_of_more_than_a_mebibyte_is_refused(ask):
    assert code(ask, "SELECT repeat('x', 2000000)") == "SQL-105"
    assert len(ask("SELECT repeat('x', 1000000)").rows[0][0]) == 1_000_000


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "INSERT INTO reading VALUES (9, 'x')",
        "DELETE FROM reading",
        "SET threads = 4",
        "ATTACH ':memory:' AS other",
        "COPY reading TO 'out.csv'",
        "CREATE TABLE other AS SELECT 1",
    ],
)
def test_that_what_is_not_one_select_is_refused(ask, sql):
    assert code(ask, sql) == "SQL-101"


def test_that_a_select_that_writes_inside_changes_nothing(ask):
    with pytest.raises(DeskError):
        ask("WITH more AS (INSERT INTO reading VALUES (9, 'x') RETURNING *) SELECT * FROM more")
    assert ask("SELECT count(*) FROM reading").rows == [[3]]


def test_that_the_present_instant_is_told_in_utc(ask):
    before = dt.datetime.now(dt.UTC)
    asked = "SELECT now() AS a, n, current_timestamp AS a, [now()] AS b FROM reading ORDER BY n DESC LIMIT 1; -- end"
    found = ask(asked)
    assert found.columns == ["a", "n", "a", "b"]
    [[first, n, second, many]] = found.rows
    assert (n, first) == (2, second)
    assert before - dt.timedelta(1) < dt.datetime.fromisoformat(first) < before + dt.timedelta(1)
    assert first.endswith("Z")
    assert "202" in many


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM duckdb_settings()",
        "FROM duckdb_databases",
        'WITH x AS (SELECT * FROM "DUCKDB_settings"()) SELECT n FROM reading, x',
        "SELECT (SELECT max(value) FROM duckdb_settings()) FROM reading",
        "SELECT n FROM reading WHERE n IN (SELECT count(*) FROM pragma_database_list)",
        "SELECT current_setting('home_directory')",
        "SELECT * FROM pg_catalog.pg_settings",
        "FROM pg_settings",
        "FROM system.main.duckdb_settings()",
        "FROM query('SELECT * FROM duckdb_' || 'settings()')",
        "FROM query_table(['duckdb_databases'])",
        "FROM (DESCRIBE FROM duckdb_settings())",
        "SELECT 1 UNION ALL SELECT count(*) FROM duckdb_temporary_files()",
    ],
)
def test_that_what_tells_of_this_machine_is_refused(ask, sql):
    assert code(ask, sql) == "SQL-102"


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE reading", "SUMMARIZE reading", "FROM range(3)", "VALUES (1)"])
def test_that_the_views_may_be_looked_at(ask, sql):
    assert ask(sql).rows


@pytest.mark.parametrize("sql", ["SELECT * FROM read_text('{canary}')", "SELECT * FROM '{canary}'"])
def test_that_no_file_is_read(ask, tmp_path, sql):
    canary = tmp_path / "canary.csv"
    canary.write_text("secret\n")
    with pytest.raises(DeskError) as caught:
        ask(sql.format(canary=canary))
    assert caught.value.code in ("SQL-102", "SQL-104")
    assert "secret" not in caught.value.sentence


def test_that_a_variable_of_this_program_is_no_table(ask, monkeypatch):
    monkeypatch.setattr(room, "secret", np.arange(3), raising=False)
    assert code(ask, "SELECT * FROM secret") == "SQL-104"


def test_that_an_unknown_column_is_told_with_where_the_views_are_listed(ask):
    with pytest.raises(DeskError) as caught:
        ask("SELECT nonsense FROM reading")
    assert caught.value.code == "SQL-104"
    assert "nonsense" in caught.value.sentence
    assert "views.md" in caught.value.hint


def test_that_a_runaway_is_ended_in_time(ask):
    started = time.monotonic()
    assert (
        code(ask, "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7") == "SQL-103"
    )
    assert time.monotonic() - started < 2 * room.WALL_MS / 1000


def test_that_the_child_answers_within_its_limits(path):
    found = child.run(select, SelectJob(path=path, sql="SELECT max(n) AS most FROM reading"), silent, child.Stop())
    assert found == Selected(columns=["most"], rows=[[2]])
    with pytest.raises(DeskError):
        child.run(select, SelectJob(path=path, sql="SELECT repeat('x', 4000000000)"), silent, child.Stop())
