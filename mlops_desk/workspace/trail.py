"""The trail: entries newest first, a page at a time, by person, verdict and kind; and one entry as it was signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from mlops_desk.areas.team.member import JoinRequest
from mlops_desk.areas.team.queries import names
from mlops_desk.catalogue import RULES
from mlops_desk.journal import files
from mlops_desk.journal.entry import line_id
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import Fact, Record, own_fields, table_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.verdicts import VERDICTS, words_of
from mlops_desk.kernel.words import _
from mlops_desk.workspace import told_again
from mlops_desk.workspace.project import Project

PAGE_ROWS = 500
_COLUMNS = "id, ms, member, acting, kind, verdict, reason, device, seq, place"


class Wanted(msgspec.Struct, frozen=True):
    """Which entries are wanted: of a member (id or name), of a kind or noun, of a verdict; empty is any.

    ``since`` is the earliest instant, ``about`` a thing that they wrote or that they speak of: id, name or kind/name.

    ``before`` is the id of the entry below which the page begins; empty is the newest. ``nouns`` are those of which
    entries are wanted, ``lines`` the entries among which is looked; None is any.
    """

    by: str = ""
    kind: str = ""
    verdict: str = ""
    before: str = ""
    most: int = PAGE_ROWS
    since: datetime | None = None
    about: str = ""
    nouns: tuple[str, ...] = ()
    lines: tuple[str, ...] | None = None


class TrailRow(msgspec.Struct, frozen=True):
    """One entry of the trail; ``about`` names what it wrote, ``meaning`` and ``remedy`` speak of its verdict.

    ``finding`` is the code of what was found of an entry that counts otherwise; then all three speak of that.
    """

    line: str
    at: datetime
    who: str
    acting: str
    kind: str
    about: str
    verdict: str
    reason: str
    meaning: str
    remedy: str
    device: str
    seq: int
    place: str
    finding: str = ""


class Offered(msgspec.Struct, frozen=True):
    """What the trail can be filtered by: members as id and name, kinds, verdicts."""

    members: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    verdicts: tuple[str, ...]


def trail(rows: Rows, wanted: Wanted = Wanted()) -> list[TrailRow]:  # noqa: B008 - it never changes
    """Return a page of the trail, newest first.

    Raises:
        DeskError: there is no such member, verdict or entry.
    """
    where, values = condition(rows, wanted)
    query = f"""
        SELECT {_COLUMNS} FROM line WHERE {where} ORDER BY ms DESC, counter DESC, id DESC LIMIT ?"""  # noqa: S608 - ours
    return _told(rows, rows.sql(query, *values, wanted.most))


def entries_at(rows: Rows, places: Sequence[int]) -> list[TrailRow | None]:
    """Return the entries at some places of the store, in this order; None where there is none any more."""
    query = f"SELECT rowid, {_COLUMNS} FROM line WHERE rowid IN (SELECT unnest(?))"  # noqa: S608 - our own words
    found = rows.sql(query, list(places))
    by_place = dict(zip((row[0] for row in found), _told(rows, [row[1:] for row in found]), strict=True))
    return [by_place.get(each) for each in places]


def _told(rows: Rows, found: Sequence[tuple[Any, ...]]) -> list[TrailRow]:
    """Return entries with names and words for what the store says of them."""
    who = names(rows)
    asked = {each.device: each.name for each in rows.find(JoinRequest)}  # who writes before joining has but a name
    about = abouts(rows, [row[0] for row in found])
    again = {each.line: each for each in told_again.known(rows, [row[0] for row in found])}
    return [
        TrailRow(
            id_,
            instant(ms),
            who.get(member) or asked.get(device, ""),
            acting,
            kind,
            about.get(id_, ""),
            verdict,
            again[id_].sentence if id_ in again else _(reason),
            words_of(code).meaning,
            words_of(code).remedy,
            device,
            seq,
            place,
            code if id_ in again else "",
        )
        for id_, ms, member, acting, kind, verdict, reason, device, seq, place in found
        for code in (again[id_].code if id_ in again else verdict,)
    ]


def offered(rows: Rows) -> Offered:
    """Return what there is to filter by."""
    who = names(rows)
    members = [row[0] for row in rows.sql("SELECT DISTINCT member FROM line WHERE member <> ''")]
    kinds = [row[0] for row in rows.sql("SELECT DISTINCT kind FROM line ORDER BY kind")]
    codes = {row[0] for row in rows.sql("SELECT DISTINCT verdict FROM line")}
    codes |= {each.code for each in told_again.known(rows)}
    named = sorted(((each, who.get(each) or each[:8]) for each in members), key=lambda each: each[1])
    return Offered(tuple(named), tuple(kinds), tuple(code for code in VERDICTS if code in codes))


def condition(rows: Rows, wanted: Wanted) -> tuple[str, list[Any]]:
    """Return what entries must fit to be wanted, as SQL over ``line`` with its values.

    Raises:
        DeskError: there is no such member, verdict or entry.
    """
    parts, values = ["true"], list[Any]()
    if wanted.by:
        parts.append("line.member IN (SELECT unnest(?))")
        values.append(_members(wanted.by, names(rows)))
    if wanted.kind:
        parts.append("(line.kind = ? OR starts_with(line.kind, ?))")
        values += [wanted.kind, f"{wanted.kind}."]
    if wanted.verdict:
        if wanted.verdict not in VERDICTS:
            raise DeskError(
                _("There is no verdict “{text}”.", text=wanted.verdict),
                _("Verdicts: {codes}.", codes=", ".join(VERDICTS)),
                code="TRAIL-102",
            )
        is_twice = wanted.verdict == told_again.TOLD_TWICE
        parts.append("line.id IN (SELECT line FROM told_again)" if is_twice else "line.verdict = ?")
        values += [] if is_twice else [wanted.verdict]
    if wanted.since is not None:
        parts.append("line.ms >= ?")
        values.append(int(wanted.since.timestamp() * 1000))
    if wanted.about:
        parts.append("line.id IN (SELECT unnest(?))")
        values.append(_lines_about(rows, *rows.meant(wanted.about)))
    if wanted.nouns:
        parts.append("split_part(line.kind, '.', 1) IN (SELECT unnest(?))")
        values.append(list(wanted.nouns))
    if wanted.lines is not None:
        parts.append("line.id IN (SELECT unnest(?))")
        values.append(list(wanted.lines))
    if wanted.before:
        parts.append("(line.ms, line.counter, line.id) < (?, ?, ?)")
        values += _place_of(rows, wanted.before)
    return " AND ".join(parts), values


def _lines_about(rows: Rows, noun: str, id_: str) -> list[str]:
    """Return the entries that wrote a thing, or a fact that points to it."""
    ids = {(noun, id_)}
    for kind in RULES.nouns.values():
        if not issubclass(kind, Fact):
            continue
        fields = own_fields(kind)
        pointers = [f'"{each.name}" = ?' for each in fields if each.about.of == noun and not each.many]
        values = [id_] * len(pointers)
        if "subject_noun" in {each.name for each in fields}:
            pointers.append("(subject_noun = ? AND subject = ?)")
            values += [noun, id_]
        if pointers:
            query = f'SELECT id FROM "{table_of(kind.noun)}" WHERE {" OR ".join(pointers)}'  # noqa: S608 - our own names
            ids |= {(kind.noun, fact) for (fact,) in rows.sql(query, *values)}
    query = "SELECT DISTINCT line, noun, id FROM op WHERE id IN (SELECT unnest(?))"
    told = rows.sql(query, sorted({each for _noun, each in ids}))
    return sorted({line for line, of, each in told if (of, each) in ids})


def _members(text: str, who: dict[str, str]) -> list[str]:
    plain = text.casefold()
    found = [
        id_ for id_, name in who.items() if text == id_ or plain in (name.casefold(), name.casefold().split(" ")[0])
    ]
    if not found:
        raise DeskError(
            _("There is no member “{text}”.", text=text),
            _("Members: {names}.", names=", ".join(sorted(who.values()))),
            code="TRAIL-101",
        )
    return found


def _place_of(rows: Rows, text: str) -> list[Any]:
    found = rows.sql("SELECT ms, counter, id FROM line WHERE starts_with(id, ?) LIMIT 2", text)
    if len(found) != 1:
        raise DeskError(
            _("“{text}” names no entry, or more than one.", text=text),
            _("Give more of it, as `mlops-desk trail` shows it."),
            code="TRAIL-103",
        )
    return list(found[0])


def abouts(rows: Rows, lines: Sequence[str]) -> dict[str, str]:
    """Return by line what people call the first thing that it wrote, where that has a name."""
    query = 'SELECT line, noun, id FROM op WHERE "index" = 0 AND line IN (SELECT unnest(?))'
    first: dict[str, dict[str, str]] = defaultdict(dict)
    for line, noun, id_ in rows.sql(query, list(lines)) if lines else ():
        first[noun][line] = id_
    found: dict[str, str] = {}
    for noun, ids in first.items():
        told = _names_of(rows, noun, set(ids.values())) or _pointed_at(rows, noun, set(ids.values()))
        found |= {line: told.get(id_, "") for line, id_ in ids.items()}
    return found


def _has_name(noun: str) -> bool:
    kind = RULES.nouns.get(noun)
    is_row = kind is not None and issubclass(kind, Record | Fact)
    return bool(is_row and kind and kind.known_by in {each.name for each in own_fields(kind)})


def _names_of(rows: Rows, noun: str, ids: set[str]) -> dict[str, str]:
    """Return what people call some rows, by id; nothing where a noun has no name of its own."""
    if not _has_name(noun):
        return {}
    query = f'SELECT id, "{RULES.nouns[noun].known_by}" FROM "{table_of(noun)}" WHERE id IN (SELECT unnest(?))'  # noqa: S608
    return {id_: str(name or "") for id_, name in rows.sql(query, list(ids))}


def _pointed_at(rows: Rows, noun: str, ids: set[str]) -> dict[str, str]:
    """Return what facts without a name are about, by id: gate or item, and the named thing that they point to."""
    kind = RULES.nouns.get(noun)
    fields = {each.name: each for each in own_fields(kind)} if kind is not None and issubclass(kind, Fact) else {}
    words = [f'"{name}"' for name in ("gate", "item") if name in fields]
    target = next((each for each in fields.values() if _has_name(each.about.of) and not each.many), None)
    if "subject_noun" in fields:
        pointer = "subject_noun, subject"
    elif target is not None:
        pointer = f"'{target.about.of}', \"{target.name}\""
    else:
        return {}
    query = f"SELECT id, concat_ws(' ', {', '.join(words) or 'NULL'}), {pointer} FROM \"{table_of(noun)}\" WHERE id IN (SELECT unnest(?))"  # noqa: S608, E501 - our own names
    told = rows.sql(query, list(ids))
    by_noun: dict[str, set[str]] = defaultdict(set)
    for _id, _words, of, to in told:
        by_noun[of].add(to)
    names_by_id = {id_: name for of, wanted in by_noun.items() for id_, name in _names_of(rows, of, wanted).items()}
    return {id_: f"{said} {names_by_id.get(to, '')}".strip() for id_, said, _of, to in told}


def raw_line(project: Project, device: str, id_: str) -> str:
    """Return an entry as it was signed, from any file of its device that holds it; empty if none does any more."""
    for root in (project.own, project.seen, project.ahead, project.journals):
        for file in files.files_of(root / device):
            try:
                lines = files.read_new(file.path).lines
            except OSError:
                continue
            for _offset, line in lines:
                if line_id(line) == id_:
                    return line.decode("utf-8", "replace")
    return ""
