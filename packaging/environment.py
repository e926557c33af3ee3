"""The project's own environments: made from a hash lock, at once when nothing changed, repaired when broken off.

Only the standard library and pip are used, because this runs before anything else
exists. The new environment gets no pip of its own: the caller's pip installs into
it (``pip --python``), so neither ``ensurepip`` (absent on Debian) nor a system that
is closed to pip (PEP 668) stands in the way.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK = ROOT / "packaging" / "requirements.lock"
DEV_LOCK = ROOT / "packaging" / "requirements-dev.lock"  # everything of RUN_LOCK and the tools
PACKAGE_LOCK = ROOT / "packaging" / "requirements-package.lock"  # everything of RUN_LOCK and what freezes it
LAYOUT = 1  # raise it when this file changes what stands in an environment

OLDEST_PIP = (22, 3)  # the first that knows --python
PIP_APT_LINE = "sudo apt-get install python3-pip"


class SetupError(Exception):
    """Set-up cannot go on; the text is for the person at the keyboard."""


def clean_environ() -> dict[str, str]:
    """Return the caller's variables without those that would let another Python leak into ours.

    Compiled modules are kept, whatever the caller is used to: the desk starts many children.
    """
    leaks = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in leaks}


def _pip_environ() -> dict[str, str]:
    """Return variables under which pip installs into .venv, whatever place the caller's settings prefer."""
    elsewhere = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    kept = {name: value for name, value in clean_environ().items() if name not in elsewhere}
    return {**kept, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Environment:
    """One folder with a Python and the packages of a lock."""

    folder: Path

    @property
    def scripts(self) -> Path:
        """Return the folder of its commands."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Return its interpreter."""
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    @property
    def stamp(self) -> Path:
        """Return the file that says what stands in it."""
        return self.folder / "mlops-desk.json"

    def script(self, name: str) -> str:
        """Return the path of a tool that a package of the environment brings."""
        return str(self.scripts / (f"{name}.exe" if os.name == "nt" else name))

    def ensure(self, *locks: Path) -> None:
        """Make the environment fit its locks, of which each holds all of the one before it.

        Costs a few milliseconds when it fits already. The stamp is taken away before the
        first change and comes back after the last one, so work that is broken off, at
        whatever point, shows as "no stamp" and is begun anew.

        Raises:
            SetupError: There is no pip that can install, or it failed.
        """
        if not self._missing(locks):
            return
        with _one_at_a_time(locks[0]) as held:
            missing = self._missing(locks)  # somebody else may have done the work while we waited
            if missing:
                self._fill(locks, held, keeps_what_is_there=missing == locks[1:])

    def _fill(self, locks: tuple[Path, ...], held: tuple[int, ...], *, keeps_what_is_there: bool) -> None:
        began, name = time.monotonic(), self.folder.name
        if keeps_what_is_there:
            self.stamp.unlink()
        else:
            _say(f"Making {name} (once; nothing outside this folder is touched)")
            self._remove()
            venv.create(self.folder, with_pip=False, symlinks=os.name != "nt")
        lock = locks[-1]
        count = lock.read_text(encoding="utf-8").count("==")
        _say(f"Installing the packages of packaging/{lock.name} (up to {count}, takes a minute or two)")
        line = [*self._pip(), "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary=:all:"]
        # pip holds the lock too: if we are killed and it is not, the next start waits instead of fighting it.
        if subprocess.run(
            [*line, "-r", str(lock)], cwd=ROOT, env=_pip_environ(), check=False, pass_fds=held
        ).returncode:
            message = "The packages could not be installed; pip's words stand above. Starting again is safe."
            raise SetupError(message)
        self._link_project()
        # pip compiles what it installs; our modules are compiled here, also where Python may not write bytecode.
        subprocess.run([str(self.python), "-m", "compileall", "-q", str(ROOT / "mlops_desk")], cwd=ROOT, check=False)
        self._write_stamp(locks)
        _say(f"{name} is ready after {time.monotonic() - began:.0f} s")

    def _missing(self, locks: tuple[Path, ...]) -> tuple[Path, ...]:
        """Return the locks whose present content is not installed; all of them if the environment is unfit."""
        try:
            stamp = json.loads(self.stamp.read_bytes())
            is_fit = stamp["layout"] == LAYOUT and stamp["root"] == str(ROOT) and stamp["python"] == self._interpreter()
            return tuple(lock for lock in locks if not is_fit or stamp["locks"].get(lock.name) != _digest(lock))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return locks

    def _write_stamp(self, locks: tuple[Path, ...]) -> None:
        digests = {lock.name: _digest(lock) for lock in locks}
        stamp = {"layout": LAYOUT, "root": str(ROOT), "python": self._interpreter(), "locks": digests}
        draft = self.stamp.with_suffix(".draft")
        draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        draft.replace(self.stamp)

    def _interpreter(self) -> str:
        """Return the real file behind its Python: a system upgrade that changes it makes the environment unfit."""
        return str(self.python.resolve(strict=True))

    def _pip(self) -> list[str]:
        """Return the beginning of a pip line that installs into the environment."""
        answer = subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, env=_pip_environ(), check=False
        )
        words = answer.stdout.split()
        if answer.returncode == 0 and tuple(int(part) for part in words[1].split(".")[:2]) >= OLDEST_PIP:
            return [sys.executable, "-m", "pip", "--python", str(self.python)]
        if importlib.util.find_spec("ensurepip"):
            line = [str(self.python), "-m", "ensurepip", "--default-pip"]
            if subprocess.run(line, env=_pip_environ(), stdout=subprocess.DEVNULL, check=False).returncode == 0:
                return [str(self.python), "-m", "pip"]
        message = (
            f"{sys.executable} has no pip that can set up {self.folder.name}; on Debian or Ubuntu type: {PIP_APT_LINE}"
        )
        raise SetupError(message)

    def _link_project(self) -> None:
        """Let the environment see the checkout: a path file for imports, and the command `mlops-desk`.

        This is all that an editable install would do for us, without a build backend and
        its own downloads. What it lacks is the package's metadata, which nothing reads.
        """
        places = {"base": str(self.folder), "platbase": str(self.folder), "installed_base": str(self.folder)}
        packages = Path(sysconfig.get_path("purelib", "venv", vars=places))
        (packages / "mlops_desk.pth").write_text(f"{ROOT}\n", encoding="utf-8")
        # -P: the folder a person stands in must not be able to replace our modules.
        if os.name == "nt":
            (self.scripts / "mlops-desk.cmd").write_text(f'@"{self.python}" -P -m mlops_desk %*\r\n', encoding="utf-8")
        else:
            command = self.scripts / "mlops-desk"
            command.write_text(
                f'#!/bin/sh\nexec {shlex.quote(str(self.python))} -P -m mlops_desk "$@"\n', encoding="utf-8"
            )
            command.chmod(0o755)

    def _remove(self) -> None:
        """Take a broken or outdated environment away, stamp first."""
        self.stamp.unlink(missing_ok=True)
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder)


DESK = Environment(ROOT / ".venv")
FREEZER = Environment(ROOT / "build" / "freezer")


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[tuple[int, ...]]:
    """Wait while another process sets up the same checkout; give the descriptors by which the turn is held."""
    try:
        import fcntl
    except ImportError:
        yield ()
        return
    with lock.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another set-up of this checkout to end")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield (held.fileno(),)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
