"""A screen of one's own, and real windows on it that are used by real events of X: by keys and a pointer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tests.architecture.house import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOOLS = ("Xvfb", "xdotool")
WIDTH, HEIGHT = 1300, 800
_PATIENCE_S, _TICK_S = 40.0, 0.05
_HAND_S = "0.05"  # nobody's hand is quicker
Point = tuple[int, int]


def lacks() -> list[str]:
    """Return which tools this machine lacks."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class Screen:
    """An X server without a screen, wide enough for windows side by side."""

    def __init__(self, windows: int) -> None:
        told, tells = os.pipe()
        line = ["Xvfb", "-displayfd", str(tells), "-screen", "0", f"{WIDTH * windows}x{HEIGHT}x24", "-nolisten", "tcp"]
        quiet = subprocess.DEVNULL
        self._server = subprocess.Popen(line, pass_fds=[tells], stdout=quiet, stderr=quiet)
        os.close(tells)
        with os.fdopen(told) as reader:
            number = reader.readline().strip()
        assert number, "Xvfb did not start"
        self.environ = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}

    def close(self) -> None:
        """Switch the screen off."""
        self._server.terminate()
        self._server.wait(10)

    def point(self, *words: str) -> None:
        """Send events as a pointer or keyboard would."""
        subprocess.run(["xdotool", *words], env=self.environ, check=True, stdout=subprocess.DEVNULL, timeout=20)

    def click(self, at: Point) -> None:
        """Press and let go the left button at a place."""
        self.point("mousemove", *map(str, at), "click", "1")

    def drag(self, start: Point, by: int) -> None:
        """Press at a place, move to the right by some pixels in steps, and let go."""
        x, y = start
        self.point("mousemove", str(x), str(y), "sleep", _HAND_S, "mousedown", "1", "sleep", _HAND_S)
        for part in range(1, 6):
            self.point("mousemove", str(x + by * part // 5), str(y), "sleep", _HAND_S)
        self.point("mouseup", "1")

    def type(self, text: str) -> None:
        """Type a text on the keyboard."""
        self.point("type", "--delay", "12", text)

    def press(self, *keys: str) -> None:
        """Press keys, such as ``ctrl+Return``."""
        self.point("key", *keys)


class Seen:
    """The window of one person, in a process of its own: it is used by its screen, and says what it shows."""

    def __init__(self, screen: Screen, folder: Path, home: Path, place: int) -> None:
        self._screen = screen
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.stories.seen_window",
                str(folder),
                str(place * WIDTH),
                str(WIDTH),
                str(HEIGHT),
            ],
            cwd=ROOT,
            env={**screen.environ, "MLOPS_DESK_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str, *about: str) -> Any:
        """Return what the window says of itself; nothing is done to it."""
        into, out = self._process.stdin, self._process.stdout
        assert into
        assert out
        into.write(json.dumps([question, *about]) + "\n")
        into.flush()
        return json.loads(_line(out))

    def wait_for(self, question: str, *about: str, until: Callable[[Any], bool] = bool) -> Any:
        """Return what the window says as soon as it says what is awaited."""
        end = time.monotonic() + _PATIENCE_S
        while True:
            said = self.ask(question, *about)
            if until(said):
                return said
            assert time.monotonic() < end, f"{question} {about}: {said}"
            time.sleep(_TICK_S)

    def click(self, name: str) -> None:
        """Click what has a name, once it can be seen."""
        self._screen.click(self.wait_for("where", name))
        self.wait_for("is_at_rest")

    def close(self) -> int:
        """Close the window as a person does; return how the program ended."""
        with self._process as process:
            assert process.stdin
            process.stdin.close()
            try:
                return process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _line(out: IO[str]) -> str:
    line = out.readline()
    assert line, "the window is gone"
    return line


def close_all(windows: Sequence[Seen], screen: Screen) -> list[int]:
    """Close every window, then the screen, whatever happens on the way."""
    try:
        return [window.close() for window in windows]
    finally:
        screen.close()
