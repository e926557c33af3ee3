"""Several processes append to one journal at once: its chain stays unbroken."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.journal.writing import content, is_unbroken, journal, write
from tests.reliability.amount import Amount, Figures

PROCESSES = 4


def run(amount: Amount) -> Figures:
    """Let four processes append a number of lines each."""
    with TemporaryDirectory() as name:
        began = perf_counter()
        context = get_context("forkserver")
        running = [context.Process(target=append, args=(name, amount.number)) for _ in range(PROCESSES)]
        for each in running:
            each.start()
        for each in running:
            each.join()
        took = perf_counter() - began
        whole = content(journal(Path(name)))
    wanted = PROCESSES * amount.number
    lost = wanted - whole.count(b"\n")
    assert [each.exitcode for each in running] == [0] * PROCESSES
    assert lost == 0
    assert is_unbroken(whole)
    return {"lines": wanted, "lost": lost, "broken chains": 0, "lines/s": wanted / took}


def append(folder: str, number: int) -> None:
    own = journal(Path(folder))
    for _ in range(number):
        write(own)
