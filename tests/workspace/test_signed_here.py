"""Signatures wait to be sent: which acts, which records, and what the command line says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel import settings
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.signed_here import is_signature, is_signed_by


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Return a project of Ana with a team copy that nothing was sent to."""
    made = found(tmp_path / "team", "Loan", "", Founder.parse("Ana Lima", ["data-scientist", "ai-architect"]))
    settings.remember(made.id, remote=str(tmp_path / "copy"))
    with Workspace(made.folder) as desk:
        desk.do(RULES.act("use-case.add", name="Fair credit"))
        desk.do(RULES.act("use-case.add", name="Other"))
        desk.do(RULES.act("gate.ask", gate="G1", subject="Fair credit"))
        desk.do(RULES.act("gate.ask", gate="G1", subject="Other"))
    return made.folder


def test_that_approvals_and_what_is_about_the_team_are_signatures() -> None:
    assert all(is_signature(kind) for kind in ("gate.sign", "exception.sign", "roster.roles", "dataset.allow-sending"))
    assert not any(is_signature(kind) for kind in ("kpi.add", "comment.add", "gate.ask", "unheard.of"))


def test_that_the_record_that_was_signed_knows_it_and_no_other(folder: Path) -> None:
    with Workspace(folder, acting="ai-architect") as desk:
        sign = RULES.act("gate.sign", gate="G1", subject="Fair credit", decision="send-back", note="not yet")
        line = desk.do(sign).line
        requests = desk.ask(lambda rows: {each: rows.resolve("use-case", each) for each in ("Fair credit", "Other")})
        of = {subject: id_ for id_, subject in desk.ask(lambda rows: rows.sql("SELECT id, subject FROM gate_request"))}

        def is_signed(noun: str, id_: str) -> bool:
            return desk.ask(is_signed_by, noun, id_, [line])

        assert is_signed("use-case", requests["Fair credit"])
        assert is_signed("gate-request", of[requests["Fair credit"]])
        assert not is_signed("use-case", requests["Other"])
        assert not is_signed("gate-request", of[requests["Other"]])
        assert not desk.ask(is_signed_by, "use-case", requests["Fair credit"], [])


def test_that_the_command_line_says_once_that_a_signature_was_not_sent(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--project", str(folder), "--as", "ai-architect"]
    sign = ["gate", "sign", "G1", "Fair credit", "--decision", "send-back", "--note", "not yet"]
    assert run(["kpi", "add", "--name", "Time", *here]) == 0
    assert "not sent" not in capsys.readouterr().err
    assert run([*sign, *here]) == 0
    assert capsys.readouterr().err == "Signed here, not sent yet: `mlops-desk sync`\n"
    with Workspace(folder) as desk:
        settings.remember(desk.project.id, remote="")
    assert run([*sign, *here]) == 0
    assert capsys.readouterr().err == "", "without a team copy there is nothing to send to"
