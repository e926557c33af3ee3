"""Facts that were told twice under one id: which entry told again what another one holds, and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from mlops_desk.areas.team.queries import names
from mlops_desk.journal.chain import OK, Verdict
from mlops_desk.journal.entry import Entry
from mlops_desk.journal.roster import Roster
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.rules import Rules
from mlops_desk.kernel.words import _
from mlops_desk.projection.merge import Counted, told_again

TOLD_TWICE = "told-twice"

Key = tuple[str, str]


def known(rows: Rows, lines: Iterable[str] | None = None) -> list[Finding]:
    """Return what the store knows of such entries; of some ``lines`` only, if these are named."""
    query = """
        SELECT again.noun, again.id, line.id, line.place, line.member, first.member, first.device
        FROM told_again AS again JOIN line ON line.id = again.line JOIN line AS first ON first.id = again.first"""
    found = rows.sql(query) if lines is None else rows.sql(f"{query} WHERE line.id IN (SELECT unnest(?))", list(lines))
    who = names(rows) if found else {}
    return [
        Finding(TOLD_TWICE, place, _sentence(noun, id_, who.get(first) or f"{device[:8]}…"), line, member)
        for noun, id_, line, place, member, first, device in found
    ]


def in_entries(
    entries: Mapping[str, Entry], verdicts: Mapping[str, Verdict], places: Mapping[str, str], team: Roster, rules: Rules
) -> list[Finding]:
    """Return the same from entries and their verdicts, without any store."""
    found: list[Finding] = []
    for (noun, id_), told in _tellings(entries, verdicts, rules).items():
        for each, first in told_again(id_, told, team.since):
            author = team.now.author(first.device)
            name = author.name if author else f"{first.device[:8]}…"
            found.append(
                Finding(TOLD_TWICE, places[each.line], _sentence(noun, id_, name), each.line, each.member),
            )
    return list(dict.fromkeys(found))


def _tellings(
    entries: Mapping[str, Entry], verdicts: Mapping[str, Verdict], rules: Rules
) -> Mapping[Key, list[Counted]]:
    """Return what counts of facts that were told more than once, by noun and id."""
    facts = {name for name, noun in rules.nouns.items() if issubclass(noun, Fact)}
    seen: set[Key] = set()
    twice: set[Key] = set()
    for line, entry in entries.items():
        if verdicts[line].code == OK:
            for op in entry.ops:
                if op.op == "fact" and op.noun in facts:
                    key = (op.noun, op.id)
                    (twice if key in seen else seen).add(key)
    found: dict[Key, list[Counted]] = defaultdict(list)
    for line, entry in entries.items() if twice else ():
        if verdicts[line].code == OK:
            for index, op in enumerate(entry.ops):
                if op.op == "fact" and (op.noun, op.id) in twice:
                    who = (*entry.time, entry.device, verdicts[line].member, entry.acting)
                    told = Counted(line, index, *who, op.op, op.field, op.value, frozenset(op.pred), entry.seq)
                    found[op.noun, op.id].append(told)
    return found


def _sentence(noun: str, id_: str, name: str) -> str:
    return _("tells {noun} {id} again, which {name} had told; what {name} wrote counts", noun=noun, id=id_, name=name)
