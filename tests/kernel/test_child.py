"""A child at work is asked to end, and killed where somebody insists."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from mlops_desk.kernel.child import Stop, _watch

DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)"
IDLE = "import time\nprint('up', flush=True)\ntime.sleep(60)"


def watched(program: str) -> tuple[subprocess.Popen[bytes], Stop, threading.Thread, threading.Event]:
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.readline() == b"up\n"
    stop, ended = Stop(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(child, stop, ended), daemon=True)
    watcher.start()
    return child, stop, watcher, ended


def leave(child: subprocess.Popen[bytes], watcher: threading.Thread, ended: threading.Event) -> None:
    ended.set()
    watcher.join(5)
    assert not watcher.is_alive()
    assert child.stdout
    child.stdout.close()


def test_that_a_child_ends_when_it_is_asked_to() -> None:
    child, stop, watcher, ended = watched(IDLE)
    assert child.poll() is None
    stop.set()
    assert child.wait(5) != 0
    leave(child, watcher, ended)


@pytest.mark.skipif(sys.platform == "win32", reason="no child is deaf there")
def test_that_a_child_that_does_not_listen_is_killed_only_by_force() -> None:
    child, stop, watcher, ended = watched(DEAF)
    stop.set()
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.4)
    stop.force()
    assert child.wait(5) == -9
    leave(child, watcher, ended)


def test_that_the_wish_to_stop_knows_how_long_it_waits() -> None:
    stop = Stop()
    assert (stop.waited_s, stop.wished, stop.is_forced) == (0.0, False, False)
    stop.set()
    first = stop.waited_s
    assert not stop.wait(0) or stop.waited_s >= first >= 0
    stop.force()
    assert stop.is_forced
    assert stop.waited_s >= first, "it counts from the first wish"
