"""How it stands in three sentences, worst first, and everything that is not known."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mlops_desk.areas.goals.progress import Standing
from mlops_desk.areas.governance.standing import GateStanding
from mlops_desk.areas.reports.content import ABSENT, Count, Shown, number, rough
from mlops_desk.areas.reports.trust import Live
from mlops_desk.kernel.state import Level, State, badness
from mlops_desk.kernel.words import _, declared, plural

SENTENCES = 3
NAMED = 3
NAME_LETTERS = 80
LEVELS: tuple[tuple[Level, str], ...] = (
    ("bad", declared("Off track")),
    ("warn", declared("At risk")),
    ("unknown", declared("Not known")),
    ("ok", declared("On track")),
)


class Stands(msgspec.Struct, frozen=True):
    """What the sentences are made from: names with how they stand."""

    kpis: Sequence[tuple[str, Standing]]
    results: Sequence[tuple[str, float | None, State]]
    gates: Sequence[GateStanding]
    living: Sequence[Live] = ()
    unread: int = 0
    audit: str = ""

    def kpis_of(self, level: Level) -> list[tuple[str, Standing]]:
        """Return the KPIs in a state."""
        return [(name, how) for name, how in self.kpis if how.state.level == level]


def counts(stands: Stands) -> tuple[Count, ...]:
    """Return how many KPIs are in each state, worst first."""
    return tuple(Count(Shown(level, _(word)), len(stands.kpis_of(level))) for level, word in LEVELS)


def sentences(stands: Stands) -> tuple[Shown, ...]:
    """Return at most three sentences, worst first; what is not known is always among them."""
    if not stands.kpis:
        return (
            Shown("unknown", _("No KPI is defined, so nobody can say whether the work succeeds.")),
            *_live(stands),
            *_gates(stands),
        )
    found = [*_kpi_sentences(stands), *_live(stands), *_gates(stands)]
    ordered = sorted(found, key=lambda each: -badness(State(each.level, each.word)))
    kept = ordered[:SENTENCES]
    missing = [each for each in ordered[SENTENCES:] if each.level == "unknown"]
    return tuple([*kept[: SENTENCES - 1], missing[0]] if missing else kept)


def _kpi_sentences(stands: Stands) -> list[Shown]:
    all_ = len(stands.kpis)
    found = []
    bad, warn, ok = (stands.kpis_of(level) for level in ("bad", "warn", "ok"))
    unknown = stands.kpis_of("unknown")
    if bad:
        words = plural("{n} of {all} KPIs is off track", "{n} of {all} KPIs are off track", len(bad), all=all_)
        found.append(Shown("bad", f"{words}: {_named(bad)}."))
    if warn:
        words = plural("{n} KPI is at risk", "{n} KPIs are at risk", len(warn))
        found.append(Shown("warn", f"{words}: {_named(warn)}."))
    if unknown:
        words = plural("{n} of {all} KPIs is not known", "{n} of {all} KPIs are not known", len(unknown), all=all_)
        found.append(Shown("unknown", f"{words}: {_listed([name for name, _how in unknown])}."))
    if ok:
        words = plural("{n} of {all} KPIs is on track", "{n} of {all} KPIs are on track", len(ok), all=all_)
        found.append(Shown("ok", f"{words}: {_named(ok)}."))
    return found


def _gates(stands: Stands) -> list[Shown]:
    if not stands.gates:
        return []
    open_ = [each for each in stands.gates if not each.is_closed]
    if not open_:
        people = sum(each.by_people for each in stands.gates)
        exceptions = sum(each.exceptions for each in stands.gates)
        words = plural(
            "The one gate asked for is closed", "{n} gates were asked for, all are closed", len(stands.gates)
        )
        told = _("{people} items answered by people, {exceptions} by exception", people=people, exceptions=exceptions)
        return [Shown("warn" if exceptions else "ok", f"{words}; {told}.")]
    worst = max(open_, key=lambda each: badness(each.state))
    words = plural("{n} gate is not closed", "{n} gates are not closed", len(open_))
    listed = _listed([_("{gate} of {label}", gate=each.gate.id, label=_cut(each.subject.label)) for each in open_])
    return [Shown(worst.state.level, f"{words}: {listed}.")]


def _live(stands: Stands) -> list[Shown]:
    return [
        Shown(
            "warn",
            _(
                "{model} is live in {environment} with open gates: {gates}.",
                model=_cut(each.row.model),
                environment=_cut(each.row.environment),
                gates=", ".join(each.open_gates),
            ),
        )
        for each in stands.living
        if each.row.release and each.open_gates
    ]


def _named(kpis: Sequence[tuple[str, Standing]]) -> str:
    return _listed([_with_value(name, how) for name, how in kpis], cut=False)


def _with_value(name: str, how: Standing) -> str:
    value = ABSENT if how.value is None else number(how.value)
    if how.expected is None:
        return f"{_cut(name)} ({value})"
    return _("{name} ({value}, expected {expected})", name=_cut(name), value=value, expected=rough(how.expected))


def _listed(words: Sequence[str], *, cut: bool = True) -> str:
    shown = ", ".join(_cut(each) if cut else each for each in words[:NAMED])
    rest = len(words) - NAMED
    return shown if rest <= 0 else plural("{shown} and {n} more", "{shown} and {n} more", rest, shown=shown)


def _cut(name: str) -> str:
    return name if len(name) <= NAME_LETTERS else name[: NAME_LETTERS - 1] + "…"


# --- what is not known ---------------------------------------------------------------------------


def not_known(stands: Stands) -> tuple[str, ...]:
    """Return everything that this report does not know, one sentence each."""
    found = []
    if not stands.kpis:
        found.append(_("Results: no KPI is defined."))
    for name, how in stands.kpis_of("unknown"):
        found.append(_("KPI {name}: {reason}.", name=name, reason=how.state.reason or _("not known")))
    for name, reached, state in stands.results:
        if reached is None:
            found.append(_("Key result {name}: {reason}.", name=name, reason=state.reason or _("no score")))
    for each in stands.gates:
        unknown = [one.item.id for one in each.items if one.verdict.state.level == "unknown" and not one.is_settled]
        if unknown:
            words = _listed(unknown)
            found.append(
                _(
                    "{gate} of {label}: open and not computed are {items}.",
                    gate=each.gate.id,
                    label=each.subject.label,
                    items=words,
                )
            )
    if stands.audit:
        found.append(stands.audit)
    if stands.unread:
        found.append(
            plural(
                "{n} entry is here that does not count; “mlops-desk verify” says why.",
                "{n} entries are here that do not count; “mlops-desk verify” says why.",
                stands.unread,
            )
        )
    return tuple(found)
