"""Finding records by name: straight from the rows, so that there is no index that could keep what should be gone.

Names of records are sought, and nothing else of them. A column counts as a record only while a person has classed it
public or confidential: the names of sensitive and personal columns, and of those without a class, are never answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from mlops_desk import catalogue
from mlops_desk.areas.datasets.column import CLASSES, OPEN, Column
from mlops_desk.areas.team.member import JoinRequest, Member
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.kernel.ids import SHORTEST_PREFIX
from mlops_desk.kernel.record import Fact, Noun, Record, fields_of, own_fields, table_of
from mlops_desk.kernel.roles import SLUGS, role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _
from mlops_desk.workspace.activity import since_day
from mlops_desk.workspace.search_words import PARTED, Sought, folded

MOST = 20
ME = "@me"
_LEFT_OUT = frozenset({"project", JoinRequest.noun})  # who asks to join is a person twice; found where a type asks
_ID_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz234567")


class Found(msgspec.Struct, frozen=True):
    """A record: its name, what it belongs to if that is known, when it came to be, and how well it fits (0 is best)."""

    noun: str
    id: str
    name: str
    within: str
    at: datetime | None
    rank: int


def find(rows: Rows, sought: Sought, most: int = MOST) -> list[Found]:
    """Return the records that fit, the best first; nothing where nothing is sought.

    Raises:
        DeskError: a filter names no kind, stage, class or person of this project.
    """
    if not sought:
        return []
    kinds = _kinds(sought)
    listed = _listed(rows, sought, kinds) if sought.state or sought.class_ else None
    if listed is not None:
        kinds = [each for each in kinds if each.noun in listed]
    if not kinds:
        return []
    query, values = _query(sought, kinds, *_owners(rows, sought.owner))
    limit = "" if listed is not None else f" LIMIT {int(most)}"
    found = rows.sql(query + limit, *values)
    if listed is not None:
        found = [each for each in found if each[1] in listed[each[0]]][:most]
    return [_found(rows, *each) for each in found]


def _found(rows: Rows, noun: str, id_: str, name: str, at: datetime | None, rank: int) -> Found:
    utc = at.replace(tzinfo=UTC) if at is not None else None
    return Found(noun, id_, name or rows.called(noun, id_), _within(rows, noun, id_), utc, rank)


def _within(rows: Rows, noun: str, id_: str) -> str:
    """Return what a record belongs to: the first other record that its fields name."""
    kind = catalogue.RULES.nouns[noun]
    row = rows.get(kind, id_)
    for each in own_fields(kind):
        value = getattr(row, each.name)
        if each.about.of and isinstance(value, str) and value and each.about.of != Member.noun:
            return rows.called(each.about.of, value)
    return ""


# --- which kinds ---------------------------------------------------------------------------


def kinds_called(text: str) -> list[type[Noun]]:
    """Return the kinds of record whose name begins with a text."""
    wanted = folded(text).replace("-", " ")
    every = catalogue.RULES.nouns.values()
    return [each for each in every if folded(each.title).startswith(wanted) or _plain(each).startswith(wanted)]


def _plain(noun: type[Noun]) -> str:
    return noun.noun.replace("-", " ")


def _kinds(sought: Sought) -> list[type[Noun]]:
    kinds = [each for each in catalogue.RULES.nouns.values() if each.noun not in _LEFT_OUT]
    if sought.type:
        kinds = kinds_called(sought.type)
        if not kinds:
            known = ", ".join(sorted({each.title for each in catalogue.RULES.nouns.values()}))
            raise _unknown(_("No kind of record is called “{text}”.", text=sought.type), known)
    if sought.stage:
        stages = [each for each in catalogue.STAGES if folded(each.title).startswith(folded(sought.stage))]
        if not stages:
            known = ", ".join(each.title for each in catalogue.STAGES)
            raise _unknown(_("No stage is called “{text}”.", text=sought.stage), known)
        areas = {each.area for each in stages}
        near = {noun for area in catalogue.AREAS if area.name in areas for noun in area.nouns}
        kinds = [each for each in kinds if each in near]
    wants_nameless = sought.type or sought.state or may_be_id(sought.text)
    return kinds if wants_nameless else [each for each in kinds if _name_of(each)]


def _name_of(noun: type[Noun]) -> str:
    """Return the column that holds the names of a kind, empty where it has none."""
    return noun.known_by if noun.known_by in {each.name for each in fields_of(noun)} - {"id"} else ""


def may_be_id(text: str) -> bool:
    """Tell whether a text may be the beginning of an id."""
    return len(text) >= SHORTEST_PREFIX and set(folded(text)) <= _ID_LETTERS


def _unknown(sentence: str, known: str) -> DeskError:
    return DeskError(sentence, _("There is: {names}.", names=known), code="FIND-102")


# --- states and classes: what the tables say ----------------------------------------------------


def _listed(rows: Rows, sought: Sought, kinds: Sequence[type[Noun]]) -> dict[str, set[str]]:
    """Return, by noun, the ids of the rows whose table shows the wanted state and class."""
    if sought.class_ and not any(each.startswith(sought.class_.lower()) for each in CLASSES):
        raise _unknown(_("No class is called “{text}”.", text=sought.class_), ", ".join(CLASSES))
    nouns, found = {each.noun for each in kinds}, {}
    for listing in catalogue.LISTINGS:
        shown = {each.name: each.cell for each in listing.columns}
        has_state, has_class = shown.get("state") == "state", shown.get("security") == "class"
        if listing.noun in nouns and (has_state or not sought.state) and (has_class or not sought.class_):
            found[listing.noun] = {each.id for each in rows.ask(listing.query) if _shows(each, sought)}
    return found


def _shows(row: Any, sought: Sought) -> bool:
    state, security = getattr(row, "state", None), getattr(row, "security", None)
    if sought.class_ and not (security or "").startswith(sought.class_.lower()):
        return False
    return not sought.state or (isinstance(state, State) and _is_in(state, sought.state))


def _is_in(state: State, text: str) -> bool:
    """Tell whether a word of a state begins with a text, or its level does: “off track” and “bad” are one."""
    wanted = folded(text)
    return state.level.startswith(wanted) or f" {wanted}" in f" {folded(state.word)}"


# --- owners ----------------------------------------------------------------------------------


def _owners(rows: Rows, text: str) -> tuple[list[str], list[str]]:
    """Return the members and the roles that an owner's name means: who made it, and who answers for it."""
    if not text:
        return [], []
    if text == ME:
        me = rows.find(Member, "id = ?", rows.here.member, order="id")
        if not me:
            raise DeskError(_("You are not a member here."), _("Name a person or a role instead."), code="FIND-103")
        return [me[0].id], [*me[0].roles]
    wanted = folded(text.removeprefix("@"))
    members = [id_ for id_, name in names(rows).items() if f" {wanted}" in f" {folded(name)}"]
    roles = [] if text.startswith("@") else [each for each in SLUGS if wanted in (each, folded(role_name(each)))]
    if not members and not roles:
        raise NotKnownHere(
            _("Nobody here is called “{text}”.", text=text),
            _("Write a member's name, {me}, or a role such as data-engineer.", me=ME),
            code="FIND-104",
        )
    return members, roles


# --- the one question -------------------------------------------------------------------------


def _query(sought: Sought, kinds: Sequence[type[Noun]], members: list[str], roles: list[str]) -> tuple[str, list[Any]]:
    rank, values = _rank(sought.text)
    where, more = _where(sought, members, roles)
    things = " UNION ALL ".join(_things(each) for each in kinds)
    return (
        f"""
        WITH thing AS ({things}),
        plain AS (SELECT *, lower(strip_accents(name)) AS folded FROM thing WHERE {where}),
        ranked AS (SELECT *, translate(folded, '{PARTED}', '{" " * len(PARTED)}') AS spaced FROM plain)
        SELECT noun, id, name, since, rank FROM (SELECT *, {rank} AS rank FROM ranked)
        WHERE rank IS NOT NULL ORDER BY rank, length(name), since DESC NULLS LAST, name, id""",  # noqa: S608 - our own names
        [*more, *values],
    )


def _things(noun: type[Noun]) -> str:
    """Return the SELECT of one kind: its names, without what is put away, withdrawn, or not to be named."""
    fields = {each.name for each in fields_of(noun)}
    name = f'"{_name_of(noun)}"' if _name_of(noun) else "''"
    at = "created_at" if issubclass(noun, Record) else "recorded_at" if issubclass(noun, Fact) else "NULL::TIMESTAMP"
    by = "created_by" if issubclass(noun, Record) else "recorded_by" if issubclass(noun, Fact) else "''"
    owner = "owner" if "owner" in fields else "''"
    where = "NOT archived" if issubclass(noun, Record) else "withdrawn = ''" if issubclass(noun, Fact) else "true"
    if noun is Column:
        named = ", ".join(f"'{each}'" for each in sorted(str(each) for each in OPEN))
        where = f"{where} AND security IN ({named})"
    return (
        f"SELECT '{noun.noun}' AS noun, id, {name} AS name, {at} AS since, {by} AS author, {owner} AS owner "  # noqa: S608
        f'FROM "{table_of(noun.noun)}" WHERE {where}'
    )


def _where(sought: Sought, members: list[str], roles: list[str]) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    values: list[Any] = []
    if sought.before is not None:
        parts.append("since < ?")
        values.append(since_day(sought.before).replace(tzinfo=None))
    if members or roles:
        parts.append(f"(author IN ({_marks(members)}) OR owner IN ({_marks(roles)}))")
        values += [*members, *roles]
    return " AND ".join(parts), values


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _each in values) or "NULL"


def _rank(text: str) -> tuple[str, list[Any]]:
    """Return how well a name fits, as SQL: the same as ``search_words.fit``; without a text everything fits."""
    words = folded(text).split()
    if not words:
        return "0", []
    whole = " ".join(words)
    begin = " AND ".join("contains(' ' || spaced, ?)" for _word in words)
    hold = " AND ".join("contains(folded, ?)" for _word in words)
    values = [whole, whole, *(f" {word}" for word in words), *words, _in_order("".join(words))]
    by_id = ""
    if may_be_id(whole):
        by_id = "WHEN starts_with(id, ?) THEN 1"
        values.append(whole)
    return (
        f"""CASE WHEN folded = ? THEN 0 WHEN starts_with(folded, ?) THEN 1 WHEN {begin} THEN 2
        WHEN {hold} THEN 3 WHEN folded LIKE ? ESCAPE '\\' THEN 4 {by_id} END""",
        values,
    )


def _in_order(text: str) -> str:
    """Return the pattern of all texts that hold these letters in this order."""
    escaped = (f"\\{each}" if each in "\\%_" else each for each in text)
    return f"%{'%'.join(escaped)}%"
