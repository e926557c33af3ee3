"""Hostile input to whatever reads what others wrote: a verdict or a sentence, never anything else."""

from __future__ import annotations

import resource
import string
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from mlops_desk.journal import files
from mlops_desk.journal.entry import Entry, Flaw, canonical, line_id
from mlops_desk.journal.opening import open_all, open_own
from mlops_desk.kernel.errors import DeskError
from mlops_desk.objects.store import ObjectStore
from mlops_desk.workspace import project
from tests.journal.laws import everything_is_explained
from tests.journal.test_verifier import Team, damaged, signed
from tests.journal.writing import KEY, PROJECT
from tests.reliability.amount import Amount, Figures

EXAMPLES = 60  # of each target in one turn
GOOD_EVERY = 50
MALFORMED = 5_000
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda part: st.lists(part, max_size=5) | st.dictionaries(st.text(max_size=10), part, max_size=5),
    max_leaves=12,
)
names = st.sampled_from(
    ["v", "project", "device", "seq", "prev", "time", "roster", "seen", "as", "kind", "ops", "crit"]
)
BODY = {
    "v": 1,
    "project": PROJECT,
    "device": KEY.device,
    "seq": 2,
    "prev": "q" * 43,
    "time": [1, 0],
    "roster": [],
    "seen": [],
    "as": "owner",
    "kind": "kpi.add",
    "ops": [{"op": "fact", "t": "x", "id": "a", "v": 1}],
}


def codec(line: bytes) -> None:
    """Open anything as a line."""
    _opened(line)


def insider(changes: dict[str, Any]) -> None:
    """Open a line that somebody of the team signed, whatever it says."""
    _opened(signed(canonical(BODY | changes), KEY))


def chain(seed: int) -> None:
    """Read the files of a team, damaged; every line is an entry or has a flaw."""
    chance = Random(seed)
    team = Team(chance)
    found = {f"journals/{name}/000001.jsonl": b"".join(x + b"\n" for x in ls) for name, ls in team.lines.items()}
    for path, content in damaged(found, chance).items():
        open_all([(path.split("/")[1], line) for line in files.lines_in(content)], team.project)


def fold(seed: int) -> None:
    """Fold a history of adversaries, and hold it against the oracle."""
    everything_is_explained(Random(seed), 4 + seed % 57)


def marker(content: bytes) -> None:
    """Read anything as desk.toml."""
    project.marked_id(content.decode("utf-8", "replace"))
    with TemporaryDirectory() as name:
        (Path(name) / project.MARKER).write_bytes(content)
        _refused(lambda: project.load(Path(name)))


def objects(name: str) -> None:
    """Ask for anything as an object."""
    with TemporaryDirectory() as folder:
        store = ObjectStore(Path(folder) / "private", Path(folder) / "shared")
        _refused(lambda: store.path(name))


TARGETS: dict[Callable[[Any], None], st.SearchStrategy[Any]] = {
    codec: st.binary(max_size=600),
    insider: st.dictionaries(names, values, max_size=4),
    chain: st.integers(0, 2**32),
    fold: st.integers(0, 2**32),
    marker: st.binary(max_size=300)
    | st.builds("{} = {}\nformat = 1\n".format, st.sampled_from(["project", "format"]), st.text(max_size=60)).map(
        str.encode
    ),
    objects: st.text(max_size=80) | st.text(string.hexdigits, min_size=64, max_size=64),
}


def run(amount: Amount) -> Figures:
    """Read malformed lines among good ones, then try examples of every target each turn.

    The lines come first, so that the memory is theirs and not that of an hour of examples.
    """
    read = _malformed(MALFORMED * (20 if amount.minutes else 1))
    figures: Figures = {"examples": 0, "crashes": 0}
    for turn in amount.turns():
        for target, strategy in TARGETS.items():
            _tried(target, strategy, turn)
            figures["examples"] += EXAMPLES
    return figures | read


def _tried(target: Callable[[Any], None], strategy: st.SearchStrategy[Any], turn: int) -> None:
    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=False,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    hypothesis.seed(turn)(settings(given(strategy)(target)))()


def _malformed(count: int) -> Figures:
    """Open malformed lines, and a good one among every fifty; returns what was kept of these, and how quickly."""
    chance, good = Random(1), signed(canonical(BODY), KEY)
    lines = [good if number % GOOD_EVERY == 0 else _spoilt(good, chance) for number in range(count)]
    began = time.perf_counter()
    with TemporaryDirectory() as name:
        path = Path(name) / "000001.jsonl"
        path.write_bytes(b"\n".join(lines) + b"\n")
        kept = 0
        for part in range(0, count, MALFORMED):
            found = open_all([(KEY.device, line) for line in lines[part : part + MALFORMED]], PROJECT)
            kept += sum(isinstance(each, Entry) for each in found)
        files.read_new(path)
    took = time.perf_counter() - began
    wanted = sum(line_id(line) == line_id(good) for line in lines)
    assert kept == wanted, "every good line is kept, and no other"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"malformed lines": count, "good lines lost": wanted - kept, "lines/s": count / took, "MiB": peak}


def _spoilt(good: bytes, chance: Random) -> bytes:
    deed = chance.randrange(4)
    place = chance.randrange(len(good))
    if deed == 0:
        return good[:place]
    if deed == 1:
        return good[:place] + bytes([good[place] ^ (1 << chance.randrange(8))]) + good[place + 1 :]
    return chance.randbytes(chance.randrange(1, 600)) if deed == 2 else good + good[:place]


def _opened(line: bytes) -> None:
    try:
        open_own(line, KEY.device, PROJECT)
    except Flaw:
        return


def _refused(deed: Callable[[], object]) -> None:
    try:
        deed()
    except DeskError:
        return
