"""The inbox: what waits for one person and why; a mention waits until it is answered, opened or marked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mlops_desk.areas.governance import exception
from mlops_desk.areas.governance.checklist import items_of
from mlops_desk.areas.team.comment import AddComment, EditComment, WithdrawComment
from mlops_desk.areas.team.discussion import comments
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.roles import role_name
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.inbox import Waiting, done, everything, inbox, look_at, on_others


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Return a project of Ana and Ben, whose keys are both on this machine."""
    ana = Founder.parse("Ana Lima", ["data-scientist", "ai-architect"])
    made = found(tmp_path / "team", "Loan", "", ana, is_sample=True)
    join(made, Founder.parse("Ben Ode", ["ml-engineer"]))
    with Workspace(made.folder, me="Ana") as desk:
        desk.do(RULES.act("roster.admit", request="Ben Ode"))
        desk.do(RULES.act("kpi.add", name="Time", unit="min", owner="data-scientist"))
    return made.folder


def waits(folder: Path, name: str) -> list[Waiting]:
    with Workspace(folder, me=name) as desk:
        return desk.ask(inbox, desk.roles)


def mentions(folder: Path, name: str) -> list[Waiting]:
    return [each for each in waits(folder, name) if each.mention]


def say(folder: Path, name: str, text: str, **values: str) -> str:
    with Workspace(folder, me=name) as desk:
        return desk.do(AddComment(subject="kpi/Time", text=text, **values)).id


def test_that_everybody_finds_what_waits_for_their_roles_and_what_settles_it(folder: Path) -> None:
    [check_in] = waits(folder, "Ana")
    assert (check_in.why, check_in.noun) == ("as Data Scientist", "kpi")
    assert check_in.settle == 'mlops-desk kpi check-in "Time" …'
    assert check_in.since
    assert waits(folder, "Ben") == []
    with Workspace(folder, me="Ben") as desk:
        assert [each.why for each in desk.ask(everything)] == ["Data Scientist"]


def test_that_a_flood_of_requests_is_one_line(folder: Path) -> None:
    with Workspace(folder, me="Ana") as desk:
        for number in range(5):
            join(desk.project, Founder.parse(f"P{number}", ["domain-expert"]))
        desk.refresh()
        asked = [each.sentence for each in desk.ask(inbox, desk.roles) if each.noun == "join-request"]
    assert len(asked) == 1
    assert asked[0].startswith("5 ask to join: ")


def test_that_a_mention_waits_until_it_is_answered(folder: Path) -> None:
    first = say(folder, "Ana", "@Ben is 40 right?")
    [waiting] = mentions(folder, "Ben")
    assert (waiting.sentence, waiting.why) == ("Ana Lima on Time: “@Ben is 40 right?”", "you are mentioned")
    assert mentions(folder, "Ana") == []
    say(folder, "Ben", "yes", reply_to=first)
    assert mentions(folder, "Ben") == []
    say(folder, "Ana", "@Ben sure?")
    assert len(mentions(folder, "Ben")) == 1


def test_that_a_mention_marked_as_seen_is_gone_here_and_nothing_is_written(folder: Path) -> None:
    said = say(folder, "Ana", "@Ben look")
    with Workspace(folder, me="Ben") as desk:
        digest = desk.digest()
        with pytest.raises(DeskError, match="names no line"):
            desk.ask(done, desk.roles, "zzzz")
        assert desk.ask(done, desk.roles, said[:8]) == 1
        assert desk.digest() == digest
    assert mentions(folder, "Ben") == []
    with Workspace(folder, me="Ana") as desk:
        desk.do(EditComment(comment=said, text="@Ben look again"))
    assert len(mentions(folder, "Ben")) == 1, "a new version calls again"


def test_that_a_mention_is_gone_once_it_is_opened_or_withdrawn(folder: Path) -> None:
    say(folder, "Ana", "@Ben one")
    with Workspace(folder, me="Ben") as desk:
        assert look_at(desk.here, desk.ask(comments))
        assert not look_at(desk.here, desk.ask(comments))
    assert mentions(folder, "Ben") == []
    said = say(folder, "Ana", "@Ben two")
    with Workspace(folder, me="Ana") as desk:
        desk.do(WithdrawComment(comment=said))
    assert mentions(folder, "Ben") == []


def test_that_who_wrote_one_of_two_versions_is_asked_to_choose(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlops_desk.kernel.changes import Changes
    from mlops_desk.workspace.intake import Intake

    with Workspace(folder, me="Ana") as ana, Workspace(folder, me="Ben") as ben:
        with monkeypatch.context() as patch:
            patch.setattr(Intake, "refresh", lambda _intake: Changes())
            for desk, unit in ((ana, "h"), (ben, "s")):
                desk.do(RULES.act("kpi.edit", id="Time", unit=unit))
        ana.publish()
        ben.publish()
    for name in ("Ana", "Ben"):
        [choice] = [each for each in waits(folder, name) if "apart" in each.sentence]
        assert (choice.sentence, choice.why) == ("Time was changed apart: Unit.", "you wrote one of the versions")


def test_that_the_command_says_it_and_opening_the_record_marks_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(folder, "Ana", "@Ben look \u202e\x85"[:11])
    here = ["--project", str(folder), "--me", "Ben"]
    assert run(["inbox", *here]) == 0
    printed = capsys.readouterr().out
    assert "Ana Lima on Time: “@Ben look \\u202e”" in printed
    assert "you are mentioned · since 20" in printed
    assert run(["inbox", "--json", *here]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1
    assert run(["kpi", "show", "Time", *here]) == 0
    assert "    @Ben look \\u202e" in capsys.readouterr().out
    assert run(["inbox", *here]) == 0
    assert capsys.readouterr().out == "Nothing needs you.\n"
    assert run(["inbox", "--done", "all", *here]) == 0
    assert run(["inbox", "--all", *here]) == 0
    assert "Time waits for a value" in capsys.readouterr().out


def test_that_what_was_asked_of_others_names_whom_it_waits_for(folder: Path) -> None:
    say(folder, "Ana", "@Ben look")
    with Workspace(folder, me="Ana") as desk:
        desk.do(RULES.act("roster.roles", member="Ben Ode", roles=("ml-engineer", "domain-expert")))
        desk.do(RULES.act("use-case.add", name="Fair credit"))
        desk.do(RULES.act("gate.ask", gate="G1", subject="Fair credit"))
        found = desk.ask(on_others)
        mine = {each.sentence for each in desk.ask(inbox, desk.roles)}
    [mention] = [each for each in found if "look" in each.sentence]
    assert (mention.why, mention.people, mention.mention) == ("Ben Ode", ("Ben Ode",), "")
    gates = [each for each in found if each.noun == "gate-request"]
    assert gates
    assert {each.people for each in gates} == {("Ben Ode",)}
    assert not mine & {each.sentence for each in gates}, "what waits for me alone waits on nobody else"
    with Workspace(folder, me="Ben") as desk:
        assert desk.ask(on_others) == []


def test_that_an_exception_waits_for_a_second_person_until_it_is_signed(folder: Path) -> None:
    with Workspace(folder, me="Ana") as desk:
        desk.do(RULES.act("roster.roles", member="Ben Ode", roles=("ml-engineer", "ai-ethics")))
        desk.do(RULES.act("use-case.add", name="Fair credit"))
        until = today() + timedelta(days=30)
        values = {"item": items_of("G1")[0].id, "subject": "Fair credit", "reason": "late", "measure": "watched"}
        asked = desk.do(RULES.act("exception.ask", **values, until=until))
        assert [each.why for each in desk.ask(on_others)] == ["Ben Ode (AI Ethics & SME)"]
        assert not [each for each in desk.ask(inbox, (*desk.roles, "ai-ethics")) if each.noun == "exception"]
    [waiting] = [each for each in waits(folder, "Ben") if each.noun == "exception"]
    assert waiting.sentence.startswith("The exception from ")
    assert (waiting.settle, waiting.due) == (f"mlops-desk exception sign {asked.id[:8]}", until)
    with Workspace(folder, me="Ben", acting="ai-ethics") as desk:
        desk.do(RULES.act("exception.sign", exception=asked.id))
    assert not [each for each in waits(folder, "Ben") if each.noun == "exception"]


def test_that_an_exception_asked_by_ai_ethics_waits_for_anybody_else_and_ends_with_its_day(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace(folder, me="Ana") as desk:
        desk.do(RULES.act("roster.roles", member="Ana Lima", roles=("owner", "ai-ethics")))
    with Workspace(folder, me="Ana", acting="ai-ethics") as desk:
        desk.do(RULES.act("use-case.add", name="Fair credit"))
        values = {"item": items_of("G1")[0].id, "subject": "Fair credit", "reason": "late", "measure": "watched"}
        desk.do(RULES.act("exception.ask", **values, until=today()))
        role = items_of("G1")[0].answering_role
        desk.do(RULES.act("roster.roles", member="Ben Ode", roles=(role,)))
    assert [each.why for each in waits(folder, "Ben") if each.noun == "exception"] == [f"as {role_name(role)}"]
    assert not [each for each in waits(folder, "Ana") if each.noun == "exception"]
    monkeypatch.setattr("mlops_desk.areas.governance.exception.today", lambda: today() + timedelta(days=1))
    with Workspace(folder, me="Ben") as desk:
        assert desk.ask(exception.needs) == []


def test_that_the_command_lists_what_waits_on_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--project", str(folder), "--me", "Ana"]
    assert run(["inbox", "--others", *here]) == 0
    assert capsys.readouterr().out == "You wait for nobody.\n"
    say(folder, "Ana", "@Ben look")
    assert run(["inbox", "--others", *here]) == 0
    assert "Ben Ode · since 20" in capsys.readouterr().out
