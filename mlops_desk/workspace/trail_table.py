"""The whole trail as a table that is read a page at a time: filtered, sorted and counted in the store."""

from __future__ import annotations

from typing import Any

from mlops_desk.areas.team.member import JoinRequest
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import badness
from mlops_desk.kernel.stored import Related, Stored
from mlops_desk.kernel.verdicts import state_of
from mlops_desk.kernel.wish_sql import SqlColumn, in_order
from mlops_desk.workspace import told_again
from mlops_desk.workspace.act_words import entry_words
from mlops_desk.workspace.trail import abouts, condition


def _columns(rows: Rows) -> dict[str, SqlColumn]:
    who = {each.device: each.name for each in rows.find(JoinRequest)} | names(rows)
    acting = [row[0] for row in rows.sql("SELECT DISTINCT acting FROM line WHERE acting <> ''")]
    kinds = [row[0] for row in rows.sql("SELECT DISTINCT kind FROM line")]
    codes = {row[0] for row in rows.sql("SELECT DISTINCT verdict FROM line")} | {told_again.TOLD_TWICE}
    states = sorted(((state_of(each), each) for each in codes), key=lambda each: (-badness(each[0]), each[0].word))
    return {
        "at": SqlColumn("line.ms", kind="instant"),
        "who": SqlColumn("coalesce(nullif(line.member, ''), line.device)", in_order(who)),
        "acting": SqlColumn("line.acting", in_order({each: role_name(each) for each in acting})),
        "kind": SqlColumn("line.kind", in_order({each: entry_words(each) for each in kinds})),
        "about": SqlColumn("about.text"),
        "state": SqlColumn("coalesce(again.code, line.verdict)", {code: state.word for state, code in states}),
        "reason": SqlColumn("coalesce(again.sentence, line.reason)"),
    }


def _related(rows: Rows, spoken: set[str]) -> Related:
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
    return (text, values), _columns(rows) if spoken else {}


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


TABLE = Stored(
    ("at", "who", "acting", "kind", "about", "state", "reason"),
    _related,
    condition,
    "line.rowid",
    "line.id",
    "line.ms DESC, line.counter DESC, line.id DESC",
)
