"""A last line cut, zeroed, filled with junk or with a byte replaced, at every byte: it is mended, earlier ones stay."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from mlops_desk.journal.files import OwnJournal
from tests.journal.writing import KEY, content, is_unbroken, journal, write
from tests.reliability.amount import Amount, Figures

TEXT_CHARS = (1, 3_700, 60_000)  # lines of about 0.4, 4 and 60 KiB; turns take one after the other
EDGE_BYTES = SOME_PLACES = 1_000
REPLACEMENTS = (0, 10, 34, 65, 125, 255)


def run(amount: Amount) -> Figures:
    """Tear one line a turn at every byte; of a long one at each byte of its ends and at a thousand others."""
    figures: Figures = {"tears": 0, "kept": 0, "earlier lines lost": 0, "broken chains": 0}
    with _without_waiting():
        for turn in amount.turns():
            with TemporaryDirectory() as name:
                _tear(Path(name), Random(turn), TEXT_CHARS[turn % len(TEXT_CHARS)], figures)
    assert figures["earlier lines lost"] == figures["broken chains"] == 0, figures
    return figures


def _tear(base: Path, chance: Random, chars: int, figures: Figures) -> None:
    own = journal(base)
    first, last = write(own), write(own, "x" * chars)
    path = own.segments()[0]
    whole = path.read_bytes()
    head = base / "own" / f"{KEY.device}.head"
    head.unlink()
    for damaged in _damages(whole, len(first) + 1, chance):
        path.write_bytes(damaged)
        after = _mended(base)
        figures["tears"] += 1
        figures["kept"] += last in after
        figures["earlier lines lost"] += not after.startswith(first + b"\n")
        figures["broken chains"] += not is_unbroken(after)


def _mended(base: Path) -> bytes:
    again: OwnJournal = journal(base)
    with again.lock:
        tip = again.tip()
    after = content(again)
    assert tip.seq == after.count(b"\n")
    return after


def _damages(whole: bytes, start: int, chance: Random) -> Iterator[bytes]:
    """Yield the file with its last line, which begins at ``start``, damaged."""
    places = list(range(start, len(whole)))
    if len(places) > 2 * EDGE_BYTES + SOME_PLACES:
        places = [*places[:EDGE_BYTES], *chance.sample(places[EDGE_BYTES:-EDGE_BYTES], SOME_PLACES)]
        places += range(len(whole) - EDGE_BYTES, len(whole))
    for place in places:
        rest = len(whole) - place
        yield whole[:place]
        yield whole[:place] + bytes(rest)
        yield whole[:place] + chance.randbytes(rest)
        yield whole[:place] + bytes([chance.choice(REPLACEMENTS)]) + whole[place + 1 :]


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Spare the waits for the disk: what it would have kept is made by hand here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: None)
        yield
