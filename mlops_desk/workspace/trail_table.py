"""The whole trail as a table that is read a page at a time: filtered, sorted and counted in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlops_desk.areas.team.member import JoinRequest
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.paged import Ordered
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import badness
from mlops_desk.kernel.verdicts import state_of
from mlops_desk.kernel.wish import Wish
from mlops_desk.kernel.wish_sql import Clause, SqlColumn, named, order_by, where
from mlops_desk.workspace import told_again
from mlops_desk.workspace.act_words import entry_words
from mlops_desk.workspace.trail import Wanted, abouts, condition

_NEWEST = "line.ms DESC, line.counter DESC, line.id DESC"


def ordered(rows: Rows, wanted: Wanted, wish: Wish, keys: Sequence[str] = (), most: int = 0) -> Ordered:
    """Return the entries that are wanted and fit, in the order wished; of the first ``most`` only, if that is given.

    Raises:
        DeskError: there is no such member, verdict or entry.
    """
    columns = _columns(rows) if wish else {}
    relation, joined = _relation(rows, named(wish.conditions, wish.order, columns))
    chosen, chosen_values = condition(rows, wanted)
    fit, fit_values = where(wish.conditions, columns)
    order, order_values = order_by(wish.order, columns, _NEWEST)
    limit = f" LIMIT {int(most)}" if most else ""
    query = f"SELECT line.rowid FROM {relation} WHERE ({chosen}) AND {fit} ORDER BY {order}{limit}"  # noqa: S608 - ours
    places = rows.places(query, *joined, *chosen_values, *fit_values, *order_values)
    total = rows.sql(f"SELECT count(*) FROM line WHERE {chosen}", *chosen_values)[0][0]  # noqa: S608 - our own words
    return Ordered(places, total, _found(rows, places, keys))


def counts(rows: Rows, wanted: Wanted, name: str) -> list[tuple[Any, int]]:
    """Return the different values of a column, as they are shown, each with how many of the wanted entries have it."""
    columns = _columns(rows)
    column = columns[name]
    relation, joined = _relation(rows, {name})
    chosen, values = condition(rows, wanted)
    query = f"SELECT {column.sql}, count(*) FROM {relation} WHERE {chosen} GROUP BY 1 ORDER BY 1"  # noqa: S608 - ours
    by_text: dict[str, int] = {}
    for value, count in rows.sql(query, *joined, *values):
        text = str(value or "") if column.words is None else column.words.get(value, "")
        by_text[text] = by_text.get(text, 0) + count
    return sorted(by_text.items(), key=lambda each: (not each[0], each[0].casefold()))


def _found(rows: Rows, places: Sequence[int], keys: Sequence[str]) -> dict[str, int]:
    """Return where in an order the entries of some ids stand."""
    wanted = [each for each in keys if each]
    if not wanted:
        return {}
    here = dict(rows.sql("SELECT rowid, id FROM line WHERE id IN (SELECT unnest(?))", wanted))
    return {here[place]: number for number, place in enumerate(places) if place in here}


def _columns(rows: Rows) -> dict[str, SqlColumn]:
    who = {each.device: each.name for each in rows.find(JoinRequest)} | names(rows)
    acting = [row[0] for row in rows.sql("SELECT DISTINCT acting FROM line WHERE acting <> ''")]
    kinds = [row[0] for row in rows.sql("SELECT DISTINCT kind FROM line")]
    codes = {row[0] for row in rows.sql("SELECT DISTINCT verdict FROM line")} | {told_again.TOLD_TWICE}
    states = sorted(((state_of(each), each) for each in codes), key=lambda each: (-badness(each[0]), each[0].word))
    return {
        "at": SqlColumn("line.ms", is_instant=True),
        "who": SqlColumn("coalesce(nullif(line.member, ''), line.device)", _sorted(who)),
        "acting": SqlColumn("line.acting", _sorted({each: role_name(each) for each in acting})),
        "kind": SqlColumn("line.kind", _sorted({each: entry_words(each) for each in kinds})),
        "about": SqlColumn("about.text"),
        "state": SqlColumn("coalesce(again.code, line.verdict)", {code: state.word for state, code in states}),
        "reason": SqlColumn("coalesce(again.sentence, line.reason)"),
    }


def _sorted(words: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda each: each[1].casefold()))


def _relation(rows: Rows, spoken: set[str]) -> Clause:
    """Return what is selected from: the lines, and beside them what only code knows of some, where it is spoken of."""
    text, values = "line", list[Any]()
    if spoken & {"state", "reason"}:
        again = told_again.known(rows)
        text += f" LEFT JOIN ({_unnested('code', 'sentence')}) AS again ON again.id = line.id"
        values += [[each.line for each in again], [each.code for each in again], [each.sentence for each in again]]
    if "about" in spoken:
        texts = all_abouts(rows)
        text += f" LEFT JOIN ({_unnested('text')}) AS about ON about.id = line.id"
        values += [list(texts), list(texts.values())]
    return text, values


def _unnested(*names_: str) -> str:
    columns = ", ".join(f"CAST(unnest(?) AS VARCHAR) AS {name}" for name in ("id", *names_))
    return f"SELECT {columns}"


def all_abouts(rows: Rows) -> dict[str, str]:
    """Return by entry what people call the thing that it wrote, of all entries; kept while nothing changes."""
    key = ("all_abouts",)
    if key not in rows.memo:
        lines = [row[0] for row in rows.sql("SELECT id FROM line")]
        rows.memo[key] = {line: text for line, text in abouts(rows, lines).items() if text}
    found: dict[str, str] = rows.memo[key]
    return found
