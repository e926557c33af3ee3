"""Schedules of reports: each text is read back by its scheduler as it was meant, and nothing is put there unasked."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.cli.main import run
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import schedule
from mlops_desk.workspace.schedule import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

SATURDAY = date(2026, 11, 28)
NASTY = ("/opt/My Tools/python", "-c", "it's 5 %", 'say "hi"', "$HOME `id` $(id)", "a;b&c|d>e", "#x", "", "é 日本")
WORDS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=("Cs", "Cc")), max_size=20)


def planned(*arguments: str, each: str = "monday") -> Plan:
    return Plan("mlops-desk-aaaa-bbbb", "MLOps Desk: Monday", arguments, each, 8, 5)


def cron_words(made: Plan) -> list[str]:
    """Return the words that cron's shell reads of the line."""
    line = schedule.cron(made).splitlines()[1]
    assert not re.search(r"(?<!\\)%", line)
    return shlex.split(line.split(" ", 5)[5].replace("\\%", "%"))


def unit_words(made: Plan) -> list[str]:
    """Return the words that systemd reads of the line, by the rules of systemd.service(5)."""
    [line] = [each for each in schedule.service(made).splitlines() if each.startswith("ExecStart=")]
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', line.removeprefix("ExecStart="))
    assert not any(sign in each.replace(sign * 2, "") for each in quoted for sign in "%$")
    return [re.sub(r"\\(.)", r"\1", each).replace("%%", "%").replace("$$", "$") for each in quoted]


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_that_every_word_comes_back_from_systemd(words: list[str]):
    assert unit_words(planned(*words)) == words


@given(st.lists(WORDS.filter(lambda each: "\\" not in each), min_size=1, max_size=6))
def test_that_every_word_comes_back_from_cron(words: list[str]):
    assert cron_words(planned(*words)) == words


def test_that_a_real_shell_runs_the_line_of_cron_as_it_was_meant(tmp_path: Path):
    if sys.platform == "win32":
        pytest.skip("cron is not there")
    out = tmp_path / 'it\'s 50% "done".json'
    code = "import json,sys; json.dump(sys.argv[2:], open(sys.argv[1], 'w'))"
    line = schedule.cron(planned(sys.executable, "-c", code, str(out), *NASTY)).splitlines()[1]
    subprocess.run(["/bin/sh", "-c", line.split(" ", 5)[5].replace("\\%", "%")], check=True)
    assert json.loads(out.read_text()) == list(NASTY)


def test_that_a_task_of_windows_is_sound_and_holds_program_and_arguments():
    made = planned(*NASTY)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = fromstring(schedule.windows(made, SATURDAY).partition("\n")[2])
    assert task.findtext(".//t:Command", namespaces=space) == NASTY[0]
    assert task.findtext(".//t:Arguments", namespaces=space) == subprocess.list2cmdline(NASTY[1:])
    assert task.findtext(".//t:StartBoundary", namespaces=space) == "2026-11-29T08:05:00"
    assert task.find(".//t:Monday", space) is not None


@pytest.mark.parametrize(
    ("each", "cron", "systemd"),
    [
        ("monday", "5 8 * * 1 ", "OnCalendar=Mon *-*-* 08:05:00"),
        ("sunday", "5 8 * * 0 ", "OnCalendar=Sun *-*-* 08:05:00"),
        ("day", "5 8 * * * ", "OnCalendar=*-*-* 08:05:00"),
    ],
)
def test_that_day_and_time_are_said_as_each_scheduler_reads_them(each: str, cron: str, systemd: str):
    made = planned("x", each=each)
    assert schedule.cron(made).splitlines()[1].startswith(cron)
    assert systemd in schedule.timer(made).splitlines()


@pytest.mark.parametrize(
    ("when", "file", "code"),
    [
        (("someday", "08:00"), "r.pdf", "SCHEDULE-101"),
        (("monday", "25:00"), "r.pdf", "SCHEDULE-102"),
        (("monday", "8"), "r.pdf", "SCHEDULE-102"),
        (("monday", "08:00"), "a\n* * * * * evil", "SCHEDULE-103"),
    ],
)
def test_that_what_no_scheduler_takes_is_one_sentence(when: tuple[str, str], file: str, code: str):
    with pytest.raises(DeskError) as caught:
        schedule.plan("Monday", "b" * 26, ("a" * 26, Path("p")), Path(file), when)
    assert caught.value.code == code


def test_that_cron_is_not_given_what_crons_read_in_different_ways():
    with pytest.raises(DeskError) as caught:
        schedule.cron(planned("a\\b"))
    assert caught.value.code == "SCHEDULE-106"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return how a program of the scheduler is played by a few lines of shell."""
    if sys.platform == "win32":
        pytest.skip("the desk installs no task on Windows")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("PLAYED", str(tmp_path / "played"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def play(name: str, lines: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{lines}\n")
        (folder / name).chmod(0o755)

    return play


def test_that_cron_gets_two_lines_once_and_keeps_the_others(tool: Callable[[str, str], None], tmp_path: Path):
    tool("crontab", 'if [ "$1" = -l ]; then cat "$PLAYED"; else cat > "$PLAYED.new"; mv "$PLAYED.new" "$PLAYED"; fi')
    table = tmp_path / "played"
    table.write_text("# mine\n0 1 * * * backup")
    schedule.install(planned("first"), "cron")
    said = schedule.install(planned("second"), "cron")
    assert table.read_text() == "# mine\n0 1 * * * backup\n" + schedule.cron(planned("second"))
    assert "crontab -e" in said


def test_that_systemd_gets_two_files_and_is_told(tool: Callable[[str, str], None], tmp_path: Path):
    tool("systemctl", 'echo "$@" >> "$PLAYED"')
    said = schedule.install(planned("run it"), "systemd")
    units = tmp_path / "config" / "systemd" / "user"
    assert {each.name for each in units.iterdir()} == {"mlops-desk-aaaa-bbbb.service", "mlops-desk-aaaa-bbbb.timer"}
    assert (tmp_path / "played").read_text().splitlines()[-1] == "--user enable --now mlops-desk-aaaa-bbbb.timer"
    assert "disable --now mlops-desk-aaaa-bbbb.timer" in said


def test_that_a_scheduler_that_refuses_is_one_sentence(tool: Callable[[str, str], None]):
    tool("crontab", 'if [ "$1" = -l ]; then exit 1; fi; echo "not allowed" >&2; exit 1')
    with pytest.raises(DeskError, match="not allowed") as caught:
        schedule.install(planned("x"), "cron")
    assert caught.value.code == "SCHEDULE-105"
    with pytest.raises(DeskError) as caught:
        schedule.install(planned("x"), "windows")
    assert caught.value.code == "SCHEDULE-104"


@pytest.mark.skipif(sys.platform == "win32", reason="no shell reads it there")
def test_that_the_command_shows_the_text_and_the_text_makes_the_report(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    here = ["--project", str(folder)]
    assert run([*here, "report", "save", "The week's", "--format", "json"]) == 0
    place = tmp_path / "my reports"
    place.mkdir()
    asked = [*here, "report", "schedule", "The week's", "--with", "cron", "-o", str(place / "r.json"), "--json"]
    capsys.readouterr()
    assert run(asked) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["is_installed"] is False
    line = shown["texts"][0]["text"].splitlines()[1]
    subprocess.run(["/bin/sh", "-c", line.split(" ", 5)[5]], check=True, cwd=tmp_path)
    assert json.loads((place / "r.json").read_bytes())["report"] == "kpi"
