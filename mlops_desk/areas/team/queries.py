"""Questions about the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import msgspec

from mlops_desk.areas.team.device import Device
from mlops_desk.areas.team.member import JoinRequest, Member, Project
from mlops_desk.kernel.area import Mark, Need, Span
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.roles import WORKING, role_code, role_name, slug_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

MAX_REQUESTS = 100
REQUESTS_NAMED = 3
GOALS_ROW = "Goals and use case (before 1)"


class MemberRow(msgspec.Struct, frozen=True):
    """A member for tables."""

    id: str
    name: str
    roles: tuple[str, ...]
    mail: str
    state: State
    since: datetime | None


class RequestRow(msgspec.Struct, frozen=True):
    """A request to join for tables; ``words`` are compared by voice before anybody is admitted."""

    id: str
    name: str
    roles: tuple[str, ...]
    mail: str
    words: str
    recorded_at: datetime | None
    message: str


class DeviceRow(msgspec.Struct, frozen=True):
    """A machine for tables; ``set_aside`` entries came after its rights had ended, or are held after a fork."""

    id: str
    name: str
    member: str
    state: State
    entries: int
    set_aside: int
    since: datetime | None
    words: str


class RaciRow(msgspec.Struct, frozen=True):
    """One stage and the roles that are accountable, responsible, consulted, informed."""

    id: str
    stage: str
    accountable: str
    responsible: str
    consulted: str
    informed: str
    state: State


def project(rows: Rows) -> Project:
    """Return the project.

    Raises:
        DeskError: its first entry has not arrived yet.
    """
    found = rows.find(Project, order="id")
    if not found:
        raise DeskError(
            _("The first entry of this project is not here: its journals are missing or incomplete."),
            _("Fetch the project folder again, from the team's copy or from a teammate. Nothing was changed."),
            code="PROJ-107",
        )
    return found[0]


def members(rows: Rows) -> list[MemberRow]:
    """Return all members, those who left last."""
    found = rows.find(Member, order="active DESC, name")
    return [MemberRow(each.id, each.name, each.roles, each.mail, _state(each), each.since) for each in found]


def _state(member: Member) -> State:
    return State("ok", _("Member")) if member.active else State("info", _("Left"))


def names(rows: Rows) -> dict[str, str]:
    """Return the name of every member by id."""
    return {each.id: each.name for each in rows.find(Member, order="id")}


def active_members(rows: Rows) -> dict[str, Member]:
    """Return the members who belong to the team now, by id."""
    return {each.id: each for each in rows.find(Member, "active", order="id")}


def member_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a member shows."""
    member = rows.get(Member, id_)
    return (
        Detail(_("Roles"), ", ".join(role_name(role) for role in member.roles)),
        Detail(_("Mail"), member.mail),
        Detail(_("Machines"), len(member.devices), "whole"),
        Detail(_("Since"), member.since, "instant"),
    )


def open_requests(rows: Rows) -> list[JoinRequest]:
    """Return the requests to join of people who are no members yet."""
    return rows.find(JoinRequest, "member NOT IN (SELECT id FROM member) AND device NOT IN (SELECT id FROM device)")


def request_rows(rows: Rows) -> list[RequestRow]:
    """Return the open requests with the words of their machines, the newest first, as many as a person can look at."""
    newest = list(reversed(open_requests(rows)))[:MAX_REQUESTS]
    return [
        RequestRow(each.id, each.name, each.roles, each.mail, fingerprint(each.device), each.recorded_at, each.message)
        for each in newest
    ]


def device_rows(rows: Rows) -> list[DeviceRow]:
    """Return the machines of all members, those in use first."""
    who = names(rows)
    query = """
        SELECT device, count(*), count(*) FILTER (verdict IN ('late', 'other-branch', 'held-fork')) FROM line
        GROUP BY device"""
    counts = {device: (entries, aside) for device, entries, aside in rows.sql(query)}
    forked = {device for (device,) in rows.sql("SELECT device FROM line GROUP BY device, seq HAVING count(*) > 1")}
    return [
        DeviceRow(
            each.id,
            each.name,
            who.get(each.member, ""),
            _device_state(each, is_forked=each.id in forked),
            *counts.get(each.id, (0, 0)),
            each.since,
            fingerprint(each.id),
        )
        for each in rows.find(Device, order="retired, since, id")
    ]


def _device_state(device: Device, *, is_forked: bool) -> State:
    if device.retired:
        return State("info", _("Retired"))
    return State("bad", _("Used in two places")) if is_forked else State("ok", _("In use"))


@cache
def _raci_table() -> dict[str, dict[str, str]]:
    found = msgspec.json.decode(resource("governance.json").read_bytes())
    table: dict[str, dict[str, str]] = found["raci"] | found["raci_cross"]
    return table


def accountable(rows: Rows, noun: str) -> str:
    """Return the slug of the role that answers for the things of a noun, as the RACI says."""
    return _with_letter(rows.registry.raci.get(noun, ""), "A")[0]


def consulted(rows: Rows, noun: str) -> tuple[str, ...]:
    """Return the slugs of the roles that are asked before something is done about the things of a noun."""
    return _with_letter(rows.registry.raci.get(noun, ""), "C")


def _with_letter(row: str, letter: str) -> tuple[str, ...]:
    cells = _raci_table()[row or GOALS_ROW]
    return tuple(slug_of(code) for code, cell in cells.items() if letter in cell.split("/"))


def raci(rows: Rows) -> list[RaciRow]:
    """Return who answers for each stage, and whether somebody holds the accountable role."""
    held = {role_code(role) for each in rows.find(Member, "active", order="id") for role in each.roles}
    return [_raci_row(stage, cells, held) for stage, cells in _raci_table().items()]


def _raci_row(stage: str, cells: dict[str, str], held: set[str]) -> RaciRow:
    def with_letter(letter: str) -> str:
        return ", ".join(code for code, cell in cells.items() if letter in cell.split("/"))

    accountable = [code for code, cell in cells.items() if "A" in cell.split("/")]
    missing = [code for code in accountable if code not in held]
    if len(accountable) != 1:
        state = State("bad", _("Not exactly one"))
    elif missing:
        state = State("warn", _("Nobody holds {code}", code=missing[0]))
    else:
        state = State("ok", _("Filled"))
    return RaciRow(stage, stage, with_letter("A"), with_letter("R"), with_letter("C"), with_letter("I"), state)


def unfilled_roles(rows: Rows) -> list[str]:
    """Return the names of the eight roles that nobody holds."""
    held = {role for each in rows.find(Member, "active", order="id") for role in each.roles}
    return [role.name for role in WORKING if role.slug not in held]


def needs(rows: Rows) -> list[Need]:
    """Return the join requests that wait for an owner: one line, however many somebody sends."""
    asking = open_requests(rows)
    if not asking:
        return []
    first, names_shown = asking[0], ", ".join(each.name for each in asking[:REQUESTS_NAMED])
    rest = " …" if len(asking) > REQUESTS_NAMED else ""
    said = plural("{names} asks to join.", "{n} ask to join: {names}{rest}", len(asking), names=names_shown, rest=rest)
    waiting = State("warn", _("Waiting"))
    settle = "team requests"
    return [Need(said, "join-request", first.id, waiting, roles=("owner",), since=first.recorded_at, settle=settle)]


def marks(rows: Rows, _span: Span) -> list[Mark]:
    """Return when, in a span, members came."""
    return [
        Mark(each.since, _("{name} joined", name=each.name), "member", each.id)
        for each in rows.find(Member, order="since")
        if each.since is not None
    ]
