"""The trail: pages, filters, the words of every verdict, and the line as it was signed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.areas.governance.gate import AskGate
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.journal.entry import line_id
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.finding import GRAVE
from mlops_desk.kernel.verdicts import VERDICTS, words_of
from mlops_desk.workspace import Founder, Workspace
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.trail import Wanted, offered, raw_line, trail

FORMAT = Path(__file__).parents[2] / "docs" / "journal-format.md"


@pytest.fixture
def busy(desk: Workspace) -> Workspace:
    for number in range(5):
        desk.do(RULES.act("kpi.add", name=f"K{number}"))
    desk.do(RULES.act("use-case.add", name="Fair credit"))
    return desk


def kinds(desk: Workspace, **wanted: object) -> list[str]:
    return [each.kind for each in desk.ask(trail, Wanted(**wanted))]  # type: ignore[arg-type]


def test_that_entries_come_newest_first_and_name_what_they_wrote(busy: Workspace) -> None:
    rows = busy.ask(trail)
    assert [(each.kind, each.about) for each in rows[:2]] == [("use-case.add", "Fair credit"), ("kpi.add", "K4")]
    assert rows[-1].kind == "project.create"
    assert {each.who for each in rows} == {"Ana Lima"}
    assert {each.verdict for each in rows} == {"ok"}


def test_that_what_has_no_name_says_what_it_points_to(busy: Workspace) -> None:
    busy.do(RecordCheckIn(kpi="K1", value=1.0))
    busy.do(AskGate(gate="G1", subject="Fair credit"))
    assert [each.about for each in busy.ask(trail)[:2]] == ["G1 Fair credit", "K1"]


def test_that_pages_follow_each_other_without_gap_or_repeat(busy: Workspace) -> None:
    everything = [each.line for each in busy.ask(trail)]
    found: list[str] = []
    while page := busy.ask(trail, Wanted(before=found[-1] if found else "", most=3)):
        found += [each.line for each in page]
    assert found == everything


def test_that_person_kind_and_verdict_narrow_it(busy: Workspace) -> None:
    assert kinds(busy, kind="kpi") == ["kpi.add"] * 5
    assert kinds(busy, kind="kpi.add", by="ana") == ["kpi.add"] * 5
    assert kinds(busy, kind="kp") == []
    assert kinds(busy, verdict="no-role") == []
    join(busy.project, Founder.parse("Ben", ["ml-engineer"]))
    busy.refresh()
    assert len(kinds(busy, by="Ana Lima")) == 7
    [request] = busy.ask(trail, Wanted(kind="join"))
    assert (request.who, request.about) == ("Ben", "Ben"), "who writes before joining has but a name"
    assert busy.ask(offered).verdicts == ("ok",)
    assert "use-case.add" in busy.ask(offered).kinds


@pytest.mark.parametrize("wanted", [{"by": "Eve"}, {"verdict": "fine"}, {"before": "zzzz"}])
def test_that_what_names_nothing_is_one_sentence(busy: Workspace, wanted: dict[str, str]) -> None:
    with pytest.raises(DeskError):
        kinds(busy, **wanted)


def test_that_the_signed_line_is_shown_as_it_stands(busy: Workspace) -> None:
    row = busy.ask(trail)[0]
    text = raw_line(busy.project, row.device, row.line)
    assert line_id(text.encode()) == row.line
    assert '"Fair credit"' in text
    assert raw_line(Project(busy.project.folder, "x" * 43), row.device, "y" * 43) == ""


def test_that_every_verdict_and_finding_has_words_and_a_remedy() -> None:
    table = FORMAT.read_text("utf-8").partition("| verdict | the line |")[2].partition("\n\n")[0]
    documented = set(
        re.findall(r"`([a-z-]+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if "`" in line))
    )
    assert len(documented) > 10
    assert (documented | GRAVE) - VERDICTS.keys() == set()
    assert [code for code, words in VERDICTS.items() if code != "ok" and not (words.meaning and words.remedy)] == []
    assert words_of("brand-new").word == "Brand new"


def test_that_the_shell_filters_and_says_how_to_go_on(busy: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    project = ["--project", str(busy.project.folder)]
    assert run(["trail", "--kind", "kpi", "--by", "Ana", "--verdict", "ok", "--limit", "2", "--json", *project]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["about"] for each in found] == ["K4", "K3"]
    assert run(["trail", "--limit", "2", *project]) == 0
    captured = capsys.readouterr()
    assert "Fair credit" in captured.out
    assert f"--before {found[0]['line']}" in captured.err
    assert run(["trail", "--limit", "0", *project]) == 2
