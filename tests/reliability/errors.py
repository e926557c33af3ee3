"""Every call that writes fails once, for each reason a disk has: no traceback, nothing half done, nothing lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Self

import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from tests.reliability.amount import Amount, Figures

REASONS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EINTR)
CALLS = ("write", "fsync", "ftruncate", "replace")
NOT_SAVED = ("DISK-201", "DISK-202")
NEVER = ("lost", "half done", "tracebacks", "other sentences")


class Faults:
    """Counts the calls that write, and lets one of them fail."""

    def __init__(self, fails_at: int, reason: int) -> None:
        self._left = fails_at
        self._reason = reason
        self.failed = ""

    def step(self, name: str) -> None:
        """Count one call.

        Raises:
            OSError: it is the one that fails.
        """
        self._left -= 1
        if self._left == 0:
            self.failed = name
            raise OSError(self._reason, os.strerror(self._reason))

    def around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call that is counted before it is made."""

        def counted(*given: Any, **named: Any) -> Any:
            self.step(name)
            return real(*given, **named)

        return counted

    def opening(self, real: Callable[..., IO[Any]]) -> Callable[..., Any]:
        """Return a way to open files whose writes are counted, as is the opening for writing itself."""

        def opened(path: Path, mode: str = "r", *given: Any, **named: Any) -> Any:
            if not set(mode) & set("wa+x"):
                return real(path, mode, *given, **named)
            self.step("open")
            return Written(real(path, mode, *given, **named), self)

        return opened


class Written:
    """A file whose writes are counted."""

    def __init__(self, file: IO[Any], faults: Faults) -> None:
        self._file = file
        self._faults = faults

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._file, name)
        return self._faults.around(name, real) if name in ("write", "writelines", "truncate", "flush") else real


@contextmanager
def failing(faults: Faults) -> Iterator[None]:
    """Let a call fail."""
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, faults.around(name, getattr(os, name)))
        patch.setattr(Path, "open", faults.opening(Path.open))
        yield


def run(amount: Amount) -> Figures:
    """Act, publish and take in what others wrote, with the first, second, third … call failing; a turn is a reason."""
    figures: Figures = dict.fromkeys(("failed calls", "refused", *NEVER), 0.0)
    for turn in amount.turns():
        with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLOPS_DESK_HOME", f"{name}/home")
            _let_all_fail(Path(name), REASONS[turn % len(REASONS)], figures)
    assert not any(figures[each] for each in NEVER), figures
    return figures


def _let_all_fail(base: Path, reason: int, figures: Figures) -> None:
    made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]), is_sample=True)
    with Workspace(made.folder) as desk:
        kept: set[str] = set()
        for deed in (_act, _act_and_publish, _take_in):
            fails_at = 0
            faults = Faults(0, reason)
            while fails_at == 0 or faults.failed:
                fails_at += 1
                faults = Faults(fails_at, reason)
                _try(desk, deed, f"{deed.__name__}-{fails_at}", faults, kept, figures)
        desk.refresh()
        names = _names(desk)
        figures["lost"] += len(kept - names)
        figures["half done"] += len(names - kept)
        assert desk.publish() == ""
        assert desk.verify().is_sound, desk.verify().findings


def _try(
    desk: Workspace, deed: Callable[[Workspace, str], None], name: str, faults: Faults, kept: set[str], figures: Figures
) -> None:
    _prepare(desk, deed, name)
    try:
        with failing(faults):
            deed(desk, name)
        kept |= {name} if deed is not _take_in else set()
    except DeskError as error:
        figures["refused"] += 1
        figures["other sentences"] += error.code not in NOT_SAVED
    except OSError:
        figures["tracebacks"] += 1
    figures["failed calls"] += bool(faults.failed)


def _prepare(desk: Workspace, deed: Callable[[Workspace, str], None], name: str) -> None:
    if deed is _take_in:
        join(desk.project, Founder.parse(f"Ben {name}", ["ml-engineer"]))
        newcomer = next(each for each in desk.project.own_devices() if each != desk.device)
        (desk.project.own / newcomer).rename(desk.project.private / newcomer)  # as if written on another machine
        (desk.project.own / f"{newcomer}.head").unlink(missing_ok=True)
        (desk.project.own / f"{newcomer}.install").unlink(missing_ok=True)


def _act(desk: Workspace, name: str) -> None:
    desk.do(RULES.act("kpi.add", name=name))


def _act_and_publish(desk: Workspace, name: str) -> None:
    _act(desk, name)
    desk.publish()


def _take_in(desk: Workspace, _name: str) -> None:
    desk.refresh()


def _names(desk: Workspace) -> set[str]:
    return desk.ask(lambda rows: {each.name for each in rows.find(Kpi)})
