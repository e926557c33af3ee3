"""Finding only the first rows: of all, and of each value of a column, in the present and in the past."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.areas.goals.kpi import CheckIn
from mlops_desk.areas.reports.past import Past
from mlops_desk.kernel import clock
from mlops_desk.kernel.rows import Rows, grouped
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Founder, Workspace, found
from tests.areas.facts import tell

ORDER = '"on" DESC, value DESC, id'
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(0, 3)), max_size=14), st.integers(0, 4)
)
def test_that_the_first_ones_are_those_of_the_whole_order(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, int, int]], most: int
) -> None:
    base = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            first = date(2026, 3, 1)
            tell(
                desk,
                *(CheckIn(kpi=kpi * 26, on=first + timedelta(days), value=float(value)) for kpi, days, value in told),
            )
            desk.ask(_holds, most)


def _holds(rows: Rows, most: int) -> None:
    for each in (rows, Past(rows, clock.now() + timedelta(days=1))):
        everything = each.find(CheckIn, order=ORDER)
        assert each.find(CheckIn, order=ORDER, most=most) == everything[:most]
        by_kpi = groupby(sorted(everything, key=lambda row: row.kpi), key=lambda row: row.kpi)
        wanted = {row.id for _kpi, mine in by_kpi for row in list(mine)[:most]}
        found_ones = each.find(CheckIn, order=ORDER, most=most, of_each="kpi")
        assert found_ones == [row for row in everything if row.id in wanted]


def test_that_what_is_told_in_groups_is_kept_for_all_questions_only_while_it_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
    with Workspace(made.folder) as desk:
        tell(desk, *(CheckIn(kpi="k" * 26, on=date(2026, 3, 1), value=float(n)) for n in range(12)))

        def kept(rows: Reader) -> tuple[int, bool]:
            by_kpi = grouped(rows, CheckIn, "kpi", "value")
            assert grouped(rows, CheckIn, "kpi", "value") is by_kpi, "within one question it is asked for once"
            return len(by_kpi["k" * 26]), ("grouped", "check-in", "kpi", "value") in rows.memo

        monkeypatch.setattr("mlops_desk.projection.rows._REMEMBERED_ROWS", 11)
        assert desk.ask(kept) == (12, False)
        monkeypatch.setattr("mlops_desk.projection.rows._REMEMBERED_ROWS", 12)
        assert desk.ask(kept) == (12, True)
