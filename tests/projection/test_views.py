"""The documented views: what people's SQL may see, and what it may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.kernel.record import table_of
from mlops_desk.projection.views import columns
from mlops_desk.science import select as science
from mlops_desk.workspace import select


def ask(desk, sql: str) -> list[list[object]]:
    return desk.ask(select.select, sql, silent, Stop()).rows  # type: ignore[no-any-return]


def test_that_every_documented_view_can_be_selected(desk) -> None:
    parts = [f'SELECT count("{columns(noun)[0]}") FROM "{table_of(name)}"' for name, noun in RULES.nouns.items()]
    assert len(ask(desk, " UNION ALL ".join(parts))) == len(RULES.nouns)


def test_that_no_view_shows_addresses_keys_or_places(desk) -> None:
    for noun in RULES.nouns.values():
        assert not {"mail", "device", "devices", "line", "path"} & set(columns(noun)), noun.noun
    everything = ask(desk, "SELECT * FROM member UNION ALL BY NAME SELECT * FROM project")
    assert "example.org" not in str(everything)
    assert desk.device not in str(everything)


def test_that_withdrawn_facts_are_not_seen(desk) -> None:
    desk.do(RULES.act("kpi.add", name="Time", target=1.0))
    made = desk.do(RecordCheckIn(kpi="Time", value=2.0))
    assert ask(desk, "SELECT value FROM check_in") == [[2.0]]
    desk.do(RULES.act("check-in.withdraw", check_in=made.id, reason="wrong"))
    assert ask(desk, "SELECT value FROM check_in") == []


DANGEROUS = (
    "SELECT * FROM read_csv('{canary}')",
    "SELECT * FROM read_text('{canary}')",
    "SELECT * FROM read_blob('{canary}')",
    "SELECT * FROM read_json('{canary}')",
    "SELECT * FROM read_parquet('{canary}')",
    "SELECT * FROM '{canary}'",
    "SELECT * FROM \"read_text\"('{canary}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM query('SELECT * FROM read_text(''{canary}'')')",
    "SELECT * FROM query_table('{canary}')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY kpi FROM '{canary}'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/out.duckdb'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access=true",
    "PRAGMA enable_profiling",
    "CREATE TABLE x AS SELECT 1",
    "CREATE MACRO f() AS 1",
    "INSERT INTO kpi (id) VALUES ('x')",
    "WITH x AS (INSERT INTO kpi (id, name) VALUES ('x', 'y') RETURNING *) SELECT * FROM x",
    "DELETE FROM kpi",
    "DROP TABLE kpi",
    "SELECT 1; SELECT * FROM read_text('{canary}')",
    "/* a */ SELECT 1; -- b\nDROP TABLE kpi",
    "CALL enable_logging(storage='file')",
    "PREPARE p AS SELECT 1",
    "EXPLAIN ANALYZE SELECT * FROM read_text('{canary}')",
    "",
    "no sql",
)


@pytest.fixture
def views(desk, tmp_path):
    """Return a private file of the views, as the child is given it."""
    from mlops_desk.projection.views import export

    path = tmp_path / "views.duckdb"
    desk.ask(lambda rows: export(rows.connection, RULES.nouns, path))
    return path


@pytest.mark.parametrize("statement", DANGEROUS)
def test_that_sql_reads_and_writes_nothing_but_the_views(views, tmp_path, monkeypatch, statement: str) -> None:
    canary = tmp_path / "canary.csv"
    canary.write_text("secret\n1\n")
    monkeypatch.setattr(science, "limit", lambda **_bounds: None)  # the limits are for a process of its own
    before, kept = sorted(each.name for each in tmp_path.iterdir()), views.read_bytes()
    with pytest.raises(DeskError) as refused:
        science.select(science.SelectJob(path=str(views), sql=statement.format(canary=canary, folder=tmp_path)), silent)
    assert refused.value.code in ("SQL-101", "SQL-102", "SQL-104")
    assert refused.value.sentence
    assert refused.value.hint
    assert "secret" not in refused.value.sentence
    assert sorted(each.name for each in tmp_path.iterdir()) == before
    assert views.read_bytes() == kept


def test_that_a_bomb_is_killed_and_said_in_one_sentence(desk) -> None:
    with pytest.raises(DeskError) as refused:
        ask(desk, "SELECT length(repeat('x', 4000000000))")
    assert refused.value.code in ("SQL-103", "TASK-310")
    assert refused.value.hint


def test_that_a_large_answer_is_refused_or_cut(desk) -> None:
    with pytest.raises(DeskError, match="larger than 1 MiB"):
        ask(desk, "SELECT repeat('x', 2000000)")
    assert len(ask(desk, "SELECT * FROM range(20000)")) == 10_000


def test_that_nothing_of_the_query_stays_on_disk(desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    ask(desk, "SELECT 1")
    assert list(place.iterdir()) == []
