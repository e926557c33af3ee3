"""How the whole project stands: the state line, the five stages, what waits for whom, and what does not count."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mlops_desk.areas.team.open_items import reached
from mlops_desk.areas.team.queries import project
from mlops_desk.catalogue import AREAS, STAGES
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.rows import Rows, lasting
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _
from mlops_desk.workspace import told_again

MAX_SENTENCES = 3
MAX_CHARS = 160


class Stage(msgspec.Struct, frozen=True):
    """One of the five stages of the cycle with its state."""

    name: str
    title: str
    state: State


class Standing(msgspec.Struct, frozen=True):
    """How the project stands: name, one sentence, the stages, and what waits."""

    name: str
    purpose: str
    sentence: str
    stages: tuple[Stage, ...]
    needs: tuple[Need, ...]
    digest: str = ""


@lasting
def standing(rows: Rows, digest: str = "", *, with_needs: bool = True) -> Standing:
    """Return how the project stands now; what waits for whom only if it is wanted."""
    about = project(rows)
    states = {area.name: area.stage(rows) for area in AREAS if area.stage is not None}
    nothing = State("unknown", _("Not known"))
    stages = tuple(Stage(each.name, each.title, states.get(each.area, nothing)) for each in STAGES)
    waiting = needs(rows) if with_needs else ()
    return Standing(about.name, about.purpose, _sentence(states.values()), stages, waiting, digest)


def needs(rows: Rows) -> tuple[Need, ...]:
    """Return everything that waits for somebody, handed over where people left, and never for nobody."""
    return reached(rows)


def _sentence(known: Iterable[State]) -> str:
    """Return at most three sentences, worst first, at most 160 characters."""
    states = sorted(known, key=badness, reverse=True)
    text = ""
    for state in states[:MAX_SENTENCES]:
        longer = f"{text} {state.word}.".strip()
        if len(longer) > MAX_CHARS:
            break
        text = longer
    return text or _("Start with the question you want to answer.")


def findings(rows: Rows) -> list[Finding]:
    """Return what is wrong or still on its way, the grave first."""
    noted = rows.sql("SELECT code, place, sentence, '', author FROM finding")
    lines = rows.sql("SELECT verdict, place, reason, id, member FROM line WHERE verdict <> 'ok'")
    found = [*(Finding(*row) for row in noted + lines), *told_again.known(rows)]
    return sorted(found, key=lambda each: (not each.grave, each.code, each.place))
