"""Questions of the pages: plain functions over rows, run on workers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from mlops_desk import catalogue
from mlops_desk.areas.team.comment import Comment
from mlops_desk.areas.team.discussion import Said, discussion
from mlops_desk.areas.team.queries import project
from mlops_desk.gui.acts import noun_words
from mlops_desk.gui.models.cells import cell_text, is_missing
from mlops_desk.gui.models.listed import row_key
from mlops_desk.gui.models.paged import Asked, Sheaf
from mlops_desk.gui.places import places
from mlops_desk.kernel import clock
from mlops_desk.kernel.address import Address, addresses_in
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.chart import Chart
from mlops_desk.kernel.errors import NotKnownHere
from mlops_desk.kernel.listing import Detail, Listing
from mlops_desk.kernel.paged import PAGE_ROWS, Paged, StoredRows
from mlops_desk.kernel.record import Field, Noun, Record, fields_of, own_fields, table_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.wish import Wish
from mlops_desk.kernel.words import _
from mlops_desk.workspace.signed_here import is_signed_by
from mlops_desk.workspace.versions import Version, versions

_HASH = re.compile(r"[0-9a-f]{64}")
# Words of the command line that stand for something to choose, though no noun says so.
GATE, SUBJECT, ITEM = "GATE", "SUBJECT", "ITEM"


@dataclass(frozen=True)
class Listed:
    """The rows of one table, how its area stands, and when that was."""

    rows: Sequence[Any]
    state: State | None
    as_of: datetime


@dataclass(frozen=True)
class Linked:
    """What an address in a text leads to: the address as it is written, and what people call the thing."""

    address: str
    title: str


@dataclass(frozen=True)
class Shown:
    """All that the inspector shows of one record."""

    noun: str
    id: str
    title: str
    details: Sequence[Detail]
    chart: Chart | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    comments: tuple[Said, ...] | None = None  # None: nothing can be said about it
    links: Mapping[str, tuple[Linked, ...]] = field(default_factory=dict)  # by comment: what its addresses name
    is_unsent: bool = False  # signed here, and the others do not see it yet


def listed(rows: Rows, area: Area | None, listing: Listing) -> Listed:
    """Return the rows of a listing."""
    state = area.stage(rows) if area is not None and area.stage is not None else None
    return Listed(listing.query(rows), state, clock.now())


def sheaf(rows: Rows, area: Area | None, listing: Listing, asked: Asked) -> Sheaf:
    """Return the order of a table in the store, with the pages that are seen first: where the first key stands."""
    paged = listing.paged
    assert paged is not None
    state = area.stage(rows) if area is not None and area.stage is not None else None
    found = paged.order(rows, asked.scope, asked.wish, asked.keys, asked.most)
    first = found.found.get(asked.keys[0], 0) // PAGE_ROWS if asked.keys else 0
    pages = {
        number: paged.at(rows, places)
        for number in ((first,) if asked.most else (first, first + 1))
        if (places := found.places[number * PAGE_ROWS : (number + 1) * PAGE_ROWS])
    }
    return Sheaf(found, pages, state, clock.now(), is_part=bool(asked.most) and len(found.places) == asked.most)


def page_at(rows: Rows, paged: Paged, number: int, page: int, places: Sequence[int]) -> tuple[int, int, Sequence[Any]]:
    """Return a page of rows, with the number of the order and of the page."""
    return number, page, paged.at(rows, places)


def shown(rows: Rows, noun: str, id_: str, signed: frozenset[str] = frozenset()) -> Shown | None:
    """Return one record with its details and chart; None if it is no row of its own.

    ``signed`` are the entries signed here that were not sent yet.
    """
    kind = catalogue.RULES.nouns.get(noun)
    if kind is None:
        return None
    try:
        row = rows.get(kind, id_)
    except NotKnownHere:
        return None
    named = fields_of(kind)
    said = tuple(discussion(rows, noun, id_)) if kind is not Comment else None
    make_details = catalogue.DETAILS.get(noun)
    make_chart = catalogue.CHARTS.get(noun)
    return Shown(
        noun=noun,
        id=id_,
        title=_title(rows, row),
        details=make_details(rows, id_) if make_details else _plain(rows, row),
        chart=make_chart(rows, id_) if make_chart else None,
        values={each.name: getattr(row, each.name) for each in named},
        versions=versions(rows, kind, id_, row.contested) if isinstance(row, Record) and row.contested else (),
        comments=said,
        links={each.id: linked(rows, each.shown) for each in said or ()},
        is_unsent=is_signed_by(rows, noun, id_, signed),
    )


def linked(rows: Rows, text: str) -> tuple[Linked, ...]:
    """Return what the addresses of this project in a text lead to; an address of nothing here stays text."""
    found: dict[str, str] = {}
    for _first, _last, address in addresses_in(text):
        if address.is_of(rows.here.project, rows.ask(project).name):
            title = _page_title(address) if address.place else _record_title(rows, address)
            if title:
                found[str(address)] = title
    return tuple(Linked(address, title) for address, title in found.items())


def _record_title(rows: Rows, address: Address) -> str:
    kind = catalogue.RULES.nouns.get(address.noun)
    try:
        return _title(rows, rows.get(kind, rows.resolve(address.noun, address.id))) if kind is not None else ""
    except NotKnownHere:
        return ""


def _page_title(address: Address) -> str:
    from mlops_desk.gui.pages.inbox import TABS
    from mlops_desk.gui.pages.trail import FINDINGS, TRAIL

    titles = {each.noun: each.title for each in (*catalogue.LISTINGS, TRAIL, FINDINGS)} | TABS
    page = next((each.title for each in places() if each.name == address.place), "")
    tab = titles.get(address.tab, "")
    return f"{page} › {tab}" if page and tab else page


def _plain(rows: Rows, row: Noun) -> list[Detail]:
    """Return what the table says of a row, then the fields it has beside: ids as names, roles as words."""
    found = listed_row(rows, row.noun, row.id)
    told = row_details(*found, _title(rows, row)) if found else []
    seen = {each.name for each in found[0].columns} if found else set()
    for each in own_fields(type(row)):
        value = getattr(row, each.name)
        is_shown = each.name in {*seen, row.known_by, "archived", "size_bytes"} or each.name.endswith("_noun")
        if not is_shown and not is_missing(value):
            told.append(_detail(rows, each, value))
    if getattr(row, "archived", False):
        told.append(Detail(_("Put away"), True))
    return told


def listed_row(rows: Rows, noun: str, id_: str) -> tuple[Listing, Any] | None:
    """Return the first table of a noun that has the row of an id, with what stands there."""
    for listing in catalogue.LISTINGS:
        if listing.noun == noun:
            found = listing.paged.rows_of(rows, [id_]) if listing.paged else listing.query(rows)
            if here := next((each for each in found if row_key(each) == id_), None):
                return listing, here
    return None


def row_details(listing: Listing, row: Any, title: str) -> list[Detail]:
    """Return a table's row as labelled lines, without the column that the title says already."""
    told = ((each, getattr(row, each.name)) for each in listing.columns if each.cell != "id")
    return [
        Detail(f"{each.title}, {each.unit}" if each.unit else each.title, value, each.cell)
        for each, value in told
        if not is_missing(value) and value != title
    ]


def _detail(rows: Rows, field: Field, value: Any) -> Detail:
    if field.about.of:
        known = dict(_choices(rows, field.about.of))
        ids = value if isinstance(value, tuple) else (value,)
        return Detail(field.title, ", ".join(known.get(each) or str(each) for each in ids))
    is_hash = isinstance(value, str) and _HASH.fullmatch(value) is not None
    return Detail(field.title, value, "role" if field.about.metavar == "ROLE" else "id" if is_hash else "text")


def _title(rows: Rows, row: Noun) -> str:
    """Return what people know a row by: its own name, else what its table says of it."""
    own = getattr(row, row.known_by, "") if row.known_by != "id" else ""
    found = None if own else listed_row(rows, row.noun, row.id)
    return str(own or (_row_name(*found) if found else row.id))


def choices(rows: Rows, wanted: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """Return value and name of everything that can be chosen, for each noun or word of the command line."""
    return {name: _choices(rows, name) for name in wanted}


def _choices(rows: Rows, name: str) -> list[tuple[str, str]]:
    if name == GATE:
        return [(each, each) for each in _gates()]
    if name == SUBJECT:
        return [
            (id_, f"{text} · {noun_words(noun)}")
            for noun in catalogue.REGISTRY.subjects
            for id_, text in _choices(rows, noun)
        ]
    kind = catalogue.RULES.nouns.get(name)
    if kind is None:
        return [(row_id, text) for row_id, text in _listed_names(rows, name.lower()).items()]
    names = {each.name for each in fields_of(kind)}
    if kind.known_by not in names or kind.known_by == "id":
        return list(_listed_names(rows, name).items())
    where = "WHERE NOT archived" if "archived" in names else "WHERE withdrawn = ''" if "withdrawn" in names else ""
    return [
        (str(id_), str(text))
        for id_, text in rows.sql(f'SELECT id, "{kind.known_by}" FROM "{table_of(name)}" {where} ORDER BY 2')  # noqa: S608 - our own names
    ]


@cache
def _gates() -> list[str]:
    return [str(each["id"]) for each in msgspec.json.decode(resource("governance.json").read_bytes())["gates"]]


def _listed_names(rows: Rows, noun: str) -> dict[str, str]:
    """Return what rows without a name of their own are known by; of a long table those that stand first in it."""
    for listing in catalogue.LISTINGS:
        if listing.noun == noun:
            return {row.id: _row_name(listing, row) for row in _first_rows(rows, listing)}
    return {}


def _first_rows(rows: Rows, listing: Listing) -> Sequence[Any]:
    if listing.paged is None:
        return listing.query(rows)
    return StoredRows(rows, listing.paged, listing.paged.order(rows, None, Wish(), (), PAGE_ROWS).places)


def _row_name(listing: Listing, row: Any) -> str:
    """Return a row's label or name, else the first columns of its table."""
    columns = [each.name for each in listing.columns if each.cell != "id"][:3]
    known = getattr(row, "label", "") or getattr(row, "name", "")
    parts = [known] if known else [getattr(row, each, None) for each in columns]
    texts = [cell_text(part) for part in parts if part not in (None, "") and not isinstance(part, State)]
    return " · ".join(texts) or _("unnamed")
