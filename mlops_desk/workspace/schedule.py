"""When a saved report is made by itself: the text for the scheduler of the machine, and putting it there if asked."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

import msgspec

from mlops_desk.areas.reports.saved import ReportRecipe
from mlops_desk.kernel.child import command
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.settings import HOME_VARIABLE
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace.door import Workspace

Scheduler = Literal["cron", "systemd", "windows"]
SCHEDULERS: tuple[Scheduler, ...] = ("cron", "systemd", "windows")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = "day"
WAIT_S = 30
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Plan(msgspec.Struct, frozen=True):
    """What runs when: ``arguments`` start with a program; ``key`` names the plan among those of the machine."""

    key: str
    title: str
    arguments: tuple[str, ...]
    each: str
    hour: int
    minute: int


class Text(msgspec.Struct, frozen=True):
    """A piece of what a scheduler is given: the file or command it goes to, and the text."""

    place: str
    text: str


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants to be made when; ``recipe`` is an id or name, no ``scheduler`` means that of the machine."""

    recipe: str
    file: str
    each: str = "monday"
    at: str = "08:00"
    scheduler: Scheduler | None = None
    installs: bool = False


class Scheduled(msgspec.Struct, frozen=True):
    """The texts of a schedule; ``said`` is what was installed and how to take it back, empty where nothing was."""

    scheduler: Scheduler
    texts: tuple[Text, ...]
    said: str


def scheduled(workspace: Workspace, wish: Wish) -> Scheduled:
    """Return the texts that make a saved report by themselves, and install them if that is wished for.

    Raises:
        DeskError: there is no such recipe, day or time, or the scheduler refuses.
    """
    recipe = workspace.ask(lambda rows: rows.get(ReportRecipe, rows.resolve(ReportRecipe.noun, wish.recipe)))
    if not wish.file.strip():
        raise DeskError(
            _("Say which file the report goes to."),
            _("Give a file with --output, such as report.pdf."),
            code="SCHEDULE-107",
        )
    project = (workspace.project.id, workspace.project.folder.resolve())
    file = Path(wish.file).expanduser().absolute()
    made = plan(recipe.name, recipe.id, project, file, (wish.each, wish.at))
    scheduler = wish.scheduler or usual()
    found = texts(made, scheduler, today())
    return Scheduled(scheduler, found, install(made, scheduler) if wish.installs else "")


def plan(name: str, recipe: str, project: tuple[str, Path], file: Path, when: tuple[str, str]) -> Plan:
    """Return the plan to make a recipe's report each day or week; ``when`` is a day of the week, or `day`, and a time.

    Raises:
        DeskError: there is no such day or time, or a path holds a line break that no scheduler takes.
    """
    each, at = when
    if each not in (*DAYS, EVERY_DAY):
        raise DeskError(
            _("“{text}” is no day of the week.", text=each),
            _("Days: {days}; or {every} for every day.", days=", ".join(DAYS), every=EVERY_DAY),
            code="SCHEDULE-101",
        )
    time = _TIME.fullmatch(at)
    if time is None:
        raise DeskError(
            _("“{text}” is no time.", text=at), _("Give hours and minutes, such as 08:00."), code="SCHEDULE-102"
        )
    id_, folder = project
    more = ("report", "make", recipe, "--output", str(file))
    arguments = (*_environment(), *command("--project", str(folder), *more))
    if any(sign in each for each in (*arguments, name) for sign in "\r\n\0"):
        raise DeskError(
            _("A line break in a path or name cannot be scheduled."),
            _("Rename the folder or file."),
            code="SCHEDULE-103",
        )
    key = f"mlops-desk-{id_[:8]}-{recipe[:8]}"
    return Plan(key, f"MLOps Desk: {name}", arguments, each, int(time.group(1)), int(time.group(2)))


def _environment() -> tuple[str, ...]:
    """Return what has to stand before the command so that it finds the private folder that is used here."""
    home = os.environ.get(HOME_VARIABLE)
    return ("/usr/bin/env", f"{HOME_VARIABLE}={home}") if home and sys.platform != "win32" else ()


def usual() -> Scheduler:
    """Return the scheduler that this machine has."""
    if sys.platform == "win32":
        return "windows"
    return "systemd" if shutil.which("systemctl") else "cron"


def texts(made: Plan, scheduler: Scheduler, day: date) -> tuple[Text, ...]:
    """Return what the scheduler has to be given."""
    if scheduler == "cron":
        return (Text("crontab -e", cron(made)),)
    if scheduler == "systemd":
        folder = _units()
        return (
            Text(str(folder / f"{made.key}.service"), service(made)),
            Text(str(folder / f"{made.key}.timer"), timer(made)),
        )
    return (Text(f"{made.key}.xml: schtasks /Create /TN {made.key} /XML {made.key}.xml", windows(made, day)),)


# --- cron ----------------------------------------------------------------------------------------


def cron(made: Plan) -> str:
    """Return two lines of a crontab: which plan it is, and when it runs what.

    Raises:
        DeskError: a path has a backslash, which crons read in different ways.
    """
    if any("\\" in each for each in made.arguments):
        raise DeskError(
            _("A path with a backslash cannot be given to cron."),
            _("Rename it, or use --with systemd."),
            code="SCHEDULE-106",
        )
    day = "*" if made.each == EVERY_DAY else str((DAYS.index(made.each) + 1) % 7)
    run = shlex.join(made.arguments).replace("%", "\\%")  # cron ends the line at a bare one, and takes the stroke away
    return f"# {made.key} {made.title}\n{made.minute} {made.hour} * * {day} {run}\n"


def _without(table: str, key: str) -> str:
    """Return a crontab without the two lines of a plan."""
    lines, kept, skip = table.splitlines(keepends=True), [], 0
    for line in lines:
        if line.startswith(f"# {key} "):
            skip = 2
        if skip:
            skip -= 1
        else:
            kept.append(line)
    return "".join(kept)


# --- systemd -------------------------------------------------------------------------------------


def service(made: Plan) -> str:
    """Return the unit that makes the report once."""
    run = " ".join(_unit_quoted(each) for each in made.arguments)
    return f"[Unit]\nDescription={_unit_words(made.title)}\n\n[Service]\nType=oneshot\nExecStart={run}\n"


def timer(made: Plan) -> str:
    """Return the unit that says when; a time that was slept through is made up for."""
    day = "" if made.each == EVERY_DAY else f"{made.each[:3].title()} "
    at = f"{day}*-*-* {made.hour:02}:{made.minute:02}:00"
    return (
        f"[Unit]\nDescription={_unit_words(made.title)}\n\n[Timer]\nOnCalendar={at}\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def _unit_quoted(word: str) -> str:
    """Return a word as systemd reads it back: strokes, quotes, specifiers and variables are but letters."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'


def _unit_words(words: str) -> str:
    return words.replace("%", "%%").replace("\\", "\\\\")


def _units() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "systemd" / "user"


# --- Windows -------------------------------------------------------------------------------------


def windows(made: Plan, day: date) -> str:
    """Return the task as the Task Scheduler of Windows imports it; it begins on the next day."""
    program, *arguments = made.arguments
    begin = f"{day + timedelta(days=1)}T{made.hour:02}:{made.minute:02}:00"
    often = (
        "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
        if made.each == EVERY_DAY
        else f"<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><{made.each.title()} /></DaysOfWeek>"
        "</ScheduleByWeek>"
    )
    return (
        '<?xml version="1.0"?>\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
        f"  <RegistrationInfo><Description>{escape(made.title)}</Description></RegistrationInfo>\n"
        f"  <Triggers><CalendarTrigger><StartBoundary>{begin}</StartBoundary>{often}</CalendarTrigger></Triggers>\n"
        "  <Settings><StartWhenAvailable>true</StartWhenAvailable></Settings>\n"
        f"  <Actions><Exec><Command>{escape(program)}</Command>"
        f"<Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments></Exec></Actions>\n"
        "</Task>\n"
    )


# --- put there, when asked -----------------------------------------------------------------------


def install(made: Plan, scheduler: Scheduler) -> str:
    """Give the plan to this person's cron or systemd, and say what was written and how to take it back.

    Raises:
        DeskError: the scheduler is not here, refuses, or is that of Windows, which takes the text by hand.
    """
    if scheduler == "cron":
        return _into_cron(made)
    if scheduler == "systemd":
        return _into_systemd(made)
    raise DeskError(
        _("The Task Scheduler of Windows is not written to by the desk."),
        _("Save the text as a file and import it with schtasks."),
        code="SCHEDULE-104",
    )


def _into_cron(made: Plan) -> str:
    table = _run(["crontab", "-l"], is_needed=False)
    kept = _without(table, made.key)
    if kept and not kept.endswith("\n"):
        kept += "\n"
    _run(["crontab", "-"], given=kept + cron(made))
    return _(
        "Two lines were written to your crontab. To take them back, run `crontab -e` and delete the line that begins "
        "with “# {key}” and the one after it.",
        key=made.key,
    )


def _into_systemd(made: Plan) -> str:
    folder = _units()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((f"{made.key}.service", service(made)), (f"{made.key}.timer", timer(made))):
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refused(str(folder), error.strerror or str(error)) from None
    _run(["systemctl", "--user", "daemon-reload"])
    _run(["systemctl", "--user", "enable", "--now", f"{made.key}.timer"])
    return _(
        "{key}.service and {key}.timer were written to {folder}, and the timer was started. To take it back, run "
        "`systemctl --user disable --now {key}.timer` and delete the two files.",
        key=made.key,
        folder=folder,
    )


def _run(words: Sequence[str], given: str = "", *, is_needed: bool = True) -> str:
    """Return what a program of the scheduler prints."""
    try:
        done = subprocess.run(words, input=given, capture_output=True, text=True, timeout=WAIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _refused(words[0], str(error)) from None
    if done.returncode and is_needed:
        raise _refused(words[0], done.stderr.strip() or str(done.returncode))
    return "" if done.returncode else done.stdout


def _refused(who: str, reason: str) -> DeskError:
    return DeskError(
        _("{who} did not take the schedule: {reason}", who=who, reason=reason),
        _("Without --install the text is shown, to be put there by hand."),
        code="SCHEDULE-105",
    )
