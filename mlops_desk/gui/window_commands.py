"""The commands of the main window, in the order of its menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from mlops_desk.gui.command_words import WORDS
from mlops_desk.gui.commands import Command
from mlops_desk.gui.places import places
from mlops_desk.gui.record_menu import RecordMenu
from mlops_desk.gui.regions import next_region
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.chart_focus import toggle_chart_table
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow

FILE, EDIT, VIEW, GO, TOOLS, HELP = _("File"), _("Edit"), _("View"), _("Go"), _("Tools"), _("Help")
TEAM, RECORD = _("Team"), _("Record")
_ZOOM_STEP = 10


def install(window: MainWindow) -> None:
    """Register all commands of a window and build its menu bar."""
    for group in (_file, _edit, _view, _go, _record, _team, _tools, _help):
        window.commands.add(group(window))
    window.commands.fill(window.menuBar(), (FILE, EDIT, VIEW, GO, RECORD, TEAM, TOOLS, HELP))
    RecordMenu(window, window.commands.menus[RECORD])


def _needs_project(window: MainWindow) -> str:
    return "" if window.desk.is_open else _("No project is open.")


def _needs_new(window: MainWindow) -> str:
    page = window.stack.page
    is_offered = page is not None and page.main_act() is not None
    return "" if is_offered else _("Nothing new can be made on this page.")


def _needs_table(window: MainWindow) -> str:
    page = window.stack.page
    return "" if page is not None and page.has_table else _("There is no table on this page.")


def _needs_filter(window: MainWindow) -> str:
    page = window.stack.page
    table = page.table if page is not None and page.has_table else None
    return "" if table is not None and table.bar.text else _("Nothing is looked for: type in the filter line.")


def _file(window: MainWindow) -> list[Command]:
    has_project = partial(_needs_project, window)
    return [
        Command(
            "new", _("New on this page…"), partial(_new, window), FILE, "Ctrl+N", "plus", partial(_needs_new, window)
        ),
        Command("new-kind", _("New, choose kind…"), window.choose_new, FILE, "Ctrl+Shift+N", "", has_project),
        Command("create", WORDS["create"], window.ways.create_project, FILE, "", "folder-plus", parted=True),
        Command("open", _("Open a project…"), window.ways.open_project, FILE, "Ctrl+O", "folder-open"),
        Command("switch", _("Switch project…"), window.ways.switch_project, FILE, "Ctrl+Shift+O", "arrow-up-down"),
        Command("get", WORDS["get"], partial(window.open_team_sheet, "get"), FILE, "", "arrow-down"),
        Command("sample", WORDS["sample"], window.desk.open_sample, FILE, "", "sparkles"),
        Command("leave", _("Close the project"), window.desk.leave, FILE, "", "", has_project, parted=True),
        Command("quit", _("Quit"), window.close, FILE, "Ctrl+Q"),
    ]


def _edit(window: MainWindow) -> list[Command]:
    has_table, deeds = partial(_needs_table, window), window.desk.deeds
    is_filtered = partial(_needs_filter, window)
    back, again = partial(_step, window, "back"), partial(_step, window, "again")
    undo, redo = partial(_named, _("Undo"), back), partial(_named, _("Redo"), again)
    no_undo = partial(_needs, _("There is nothing to take back."), back)
    no_redo = partial(_needs, _("Nothing was taken back."), again)
    return [
        Command("undo", _("Undo"), deeds.undo, EDIT, "Ctrl+Z", "undo-2", no_undo, named=undo),
        Command("redo", _("Redo"), deeds.redo, EDIT, "Ctrl+Shift+Z", "", no_redo, named=redo),
        Command("filter", _("Filter the table"), partial(_filter, window), EDIT, "Ctrl+F", "search", has_table),
        Command("find-next", _("Next row that fits"), partial(_step_rows, window, 1), EDIT, "F3", "", is_filtered),
        Command(
            "find-before", _("Row before that fits"), partial(_step_rows, window, -1), EDIT, "Shift+F3", "", is_filtered
        ),
        Command("copy", _("Copy the rows"), partial(_copy, window), EDIT, "", "copy", has_table),
        Command(
            "table-export", _("Export the table…"), partial(_on_table, window, "export"), EDIT, "Ctrl+E", "", has_table
        ),
        Command("table-columns", _("Columns…"), partial(_on_table, window, "choose_columns"), EDIT, "", "", has_table),
    ]


def _step(window: MainWindow, way: str) -> str:
    """Return the words of the next step on a way, empty if there is none."""
    steps = getattr(window.desk.deeds.steps, way) if window.desk.is_open else []
    return str(steps[-1].words) if steps else ""


def _named(word: str, step: Callable[[], str]) -> str:
    return f"{word}: {step()}" if step() else word


def _needs(reason: str, step: Callable[[], str]) -> str:
    return "" if step() else reason


def _needs_inspector(window: MainWindow) -> str:
    return "" if window.beside.is_open else _("The inspector is closed.")


def _looks(window: MainWindow) -> list[Command]:
    """Return the themes and densities to choose from."""
    themes = (
        ("system", _("Theme: as the system")),
        ("light", _("Theme: light")),
        ("dark", _("Theme: dark")),
        ("contrast", _("Theme: high contrast")),
    )
    densities = (
        ("compact", _("Density: compact")),
        ("standard", _("Density: standard")),
        ("roomy", _("Density: roomy")),
    )
    return [
        *(
            Command(
                f"theme-{wish}",
                text,
                partial(_look, window, wish),
                VIEW,
                checked=partial(_is_theme, wish),
                parted=wish == "system",
            )
            for wish, text in themes
        ),
        *(
            Command(
                f"density-{name}",
                text,
                partial(_pack, window, name),
                VIEW,
                checked=partial(_is_density, name),
                parted=name == "compact",
            )
            for name, text in densities
        ),
    ]


def _view(window: MainWindow) -> list[Command]:
    has_record = partial(_needs_inspector, window)
    wider, narrower = partial(window.beside.widen, 1), partial(window.beside.widen, -1)
    return [
        Command(
            "inspector",
            _("Inspector"),
            window.toggle_inspector,
            VIEW,
            "Ctrl+I",
            "panel-right",
            partial(_needs_project, window),
        ),
        Command("inspector-wider", _("Inspector wider"), wider, VIEW, "", "", has_record),
        Command("inspector-narrower", _("Inspector narrower"), narrower, VIEW, "", "", has_record),
        Command("tasks", _("Tasks"), window.status.show_tasks, VIEW, "Ctrl+J"),
        Command(
            "arrange",
            _("Arrange the home…"),
            partial(_on_page, window, "home", "arrange"),
            VIEW,
            "",
            "",
            partial(_needs_project, window),
        ),
        Command("chart-table", _("Chart as table"), partial(toggle_chart_table, window), VIEW, "Ctrl+T", "table"),
        *_looks(window),
        Command("zoom-in", _("Larger text"), partial(_zoom, window, _ZOOM_STEP), VIEW, "Ctrl++", parted=True),
        Command("zoom-out", _("Smaller text"), partial(_zoom, window, -_ZOOM_STEP), VIEW, "Ctrl+-"),
        Command(
            "role",
            WORDS["role"],
            window.status.show_roles,
            VIEW,
            "Ctrl+Shift+R",
            "user",
            partial(_needs_project, window),
        ),
        Command(
            "refresh", _("Look for news"), window.desk.refresh, VIEW, "", "rotate-cw", partial(_needs_project, window)
        ),
    ]


def _needs_way(window: MainWindow, way: str) -> str:
    return "" if getattr(window.where.history, way) else _("There is no way there.")


def _go(window: MainWindow) -> list[Command]:
    has_project, where = partial(_needs_project, window), window.where
    no_back, no_forward = partial(_needs_way, window, "can_go_back"), partial(_needs_way, window, "can_go_forward")
    found = [
        Command("box", WORDS["box"], window.open_box, GO, "Ctrl+K", "search"),
        Command("back", _("Back"), where.back, GO, "Alt+Left", "arrow-left", no_back),
        Command("forward", _("Forward"), where.forward, GO, "Alt+Right", "arrow-right", no_forward),
    ]
    for number, place in enumerate(places(), start=1):
        key = (
            f"Ctrl+{number % 10}"
            if number <= 10
            else "Ctrl+,"
            if place.name == "settings"
            else "F1"
            if place.name == "help"
            else ""
        )
        found.append(
            Command(f"go-{place.name}", place.title, partial(window.go, place.name), GO, key, place.icon, has_project)
        )
    found.append(Command("region-next", _("Next part of the window"), partial(next_region, window, 1), GO, "F6"))
    found.append(
        Command("region-before", _("Part of the window before"), partial(next_region, window, -1), GO, "Shift+F6")
    )
    return found


def _needs_record(window: MainWindow) -> str:
    return "" if window.inspector.chosen is not None else _("No record is chosen.")


def _record(window: MainWindow) -> list[Command]:
    """Return what can be done with any record; what fits the chosen one follows when the menu is opened."""
    from mlops_desk.gui.chosen_commands import chosen_commands

    has_project, has_record = partial(_needs_project, window), partial(_needs_record, window)
    return [
        Command(
            "open-record", _("Open in the inspector"), window.enter_inspector, RECORD, "", "panel-right", has_record
        ),
        Command("comment", _("Comment…"), window.comment, RECORD, "", "pencil", has_record),
        Command("copy-link", _("Copy link"), window.where.copy_link, RECORD, "", "link", has_project),
        *chosen_commands(window),
    ]


def _team(window: MainWindow) -> list[Command]:
    """Return what is done with the team copy, and who may come in."""
    has_project, has_copy, link = partial(_needs_project, window), partial(_needs_copy, window), window.desk.link
    receives, sends = partial(_is_by_itself, window, "receives"), partial(_is_by_itself, window, "sends")
    sheet = window.open_team_sheet
    return [
        Command("sync", WORDS["sync"], link.sync_now, TEAM, "F5", "refresh-cw", has_project),
        Command("look", WORDS["look"], link.look, TEAM, "", "search", has_copy),
        Command("team-copy", WORDS["team-copy"], partial(sheet, "address"), TEAM, "", "", has_project),
        Command("token", WORDS["token"], partial(sheet, "token"), TEAM, "", "lock", has_project),
        Command("trust", WORDS["trust"], partial(sheet, "trust"), TEAM, "", "", has_copy),
        Command("invite", WORDS["invite"], partial(sheet, "invite"), TEAM, "", "users", has_project),
        Command("restore", WORDS["restore"], link.restore, TEAM, "", "undo-2", has_project),
        Command("recovery-key", WORDS["recovery-key"], partial(sheet, "recovery-key"), TEAM, "", "lock", has_project),
        Command("recover", WORDS["recover"], partial(sheet, "recover"), TEAM, "", "", has_project),
        Command("renew", WORDS["renew"], partial(sheet, "renew"), TEAM, "", "", has_project),
        Command("moved", WORDS["moved"], partial(sheet, "moved"), TEAM, "", "", has_project),
        Command("receives", _("Receive by itself"), link.turn_receive, TEAM, "", "", has_copy, checked=receives),
        Command("sends", _("Send by itself"), link.turn_send, TEAM, "", "", has_copy, checked=sends),
    ]


def _needs_copy(window: MainWindow) -> str:
    known = window.desk.link.outlook
    return "" if known is not None and known.address else _("This project has no team copy yet.")


def _is_by_itself(window: MainWindow, way: str) -> bool:
    known = window.desk.link.outlook
    return known is not None and bool(known.address) and bool(getattr(known, way))


def _tools(window: MainWindow) -> list[Command]:
    """Return what is not about one kind of record: each goes to its page, where its progress and answer are shown."""
    found = (
        ("ask", "table", partial(_ask, window)),
        ("as-of", "calendar", partial(_as_of, window)),
        ("export", "file-text", partial(_export, window)),
        ("schedule", "calendar", partial(_schedule, window)),
        ("gate", "search", partial(_on_page, window, "governance", "look_at_gate")),
        ("trail", "shield-check", partial(window.go, "governance", "line")),
        ("activity", "activity", partial(window.go, "inbox", "activity")),
        ("verify", "shield-check", partial(_on_page, window, "governance", "verify_all")),
        ("objects", "archive", partial(window.go, "data", "object")),
        ("objects-place", "folder-open", partial(window.open_team_sheet, "objects-place")),
        ("objects-send", "arrow-up", partial(_on_page, window, "data", "send_all")),
        ("objects-fetch", "arrow-down", partial(_on_page, window, "data", "fetch_all")),
        ("serve", "rocket", partial(_on_page, window, "deployments", "turn_server")),
        ("rebuild", "refresh-cw", partial(_on_page, window, "settings", "rebuild_store")),
        ("seal", "lock", partial(_on_page, window, "settings", "seal_key")),
    )
    has_project = partial(_needs_project, window)
    return [Command(name, WORDS[name], run, TOOLS, "", icon, has_project) for name, icon, run in found]


def _help(window: MainWindow) -> list[Command]:
    return [Command("keys", WORDS["keys"], partial(_keys, window), HELP, "Ctrl+/")]


def _on_page(window: MainWindow, place: str, task: str) -> None:
    """Go to a page and begin one of its own tasks there."""
    window.go(place)
    getattr(window.stack.page, task)()


def _ask(window: MainWindow) -> None:
    from mlops_desk.gui.pages.sql import SqlDialog

    window.sheet = SqlDialog(window.desk, window)
    window.sheet.show()


def _as_of(window: MainWindow) -> None:
    from mlops_desk.gui.pages.as_of import AsOfDialog

    window.sheet = AsOfDialog(window.desk, window)
    window.sheet.show()


def _export(window: MainWindow) -> None:
    from mlops_desk.gui.pages.audit_pack import AuditSheet

    window.sheet = AuditSheet(window.desk, window)
    window.sheet.open()


def _schedule(window: MainWindow) -> None:
    from mlops_desk.gui.pages.schedule import ScheduleSheet

    window.sheet = ScheduleSheet(window.desk, window)
    window.sheet.open()


def _new(window: MainWindow) -> None:
    if window.stack.page is not None:
        window.stack.page.begin_new()


def _filter(window: MainWindow) -> None:
    if window.stack.page is not None and window.stack.page.table is not None:
        window.stack.page.table.filter.setFocus()


def _copy(window: MainWindow) -> None:
    if window.stack.page is not None and window.stack.page.table is not None:
        window.stack.page.table.grid.copy()


def _step_rows(window: MainWindow, by: int) -> None:
    if window.stack.page is not None and window.stack.page.table is not None:
        window.stack.page.table.grid.step(by)


def _on_table(window: MainWindow, task: str) -> None:
    """Begin one of the tasks of the table in front."""
    if window.stack.page is not None and window.stack.page.table is not None:
        getattr(window.stack.page.table, task)()


def _look(window: MainWindow, wish: str) -> None:
    look = theme()
    look.choose(wish, look.density, look.zoom)
    window.desk.keep_look(wish, look.density, look.zoom)


def _pack(window: MainWindow, density: str) -> None:
    look = theme()
    look.choose(look.wish, density, look.zoom)
    window.desk.keep_look(look.wish, density, look.zoom)


def _is_density(name: str) -> bool:
    return theme().density == name


def _is_theme(wish: str) -> bool:
    return theme().wish == wish


def _zoom(window: MainWindow, step: int) -> None:
    look = theme()
    look.choose(look.wish, look.density, look.zoom + step)
    window.desk.keep_look(look.wish, look.density, look.zoom)


def _keys(window: MainWindow) -> None:
    from mlops_desk.gui.pages.keys import KeysDialog

    window.sheet = KeysDialog(window.desk, window.commands, window)
    window.sheet.open()
