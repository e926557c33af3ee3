"""Build what people install into dist/: the wheel, the frozen program, and on Debian its package.

Run by `python3 packaging/dev.py package`, in the environment of packaging/requirements-package.lock. With `--try ROOT`
the package is then installed into a clean Debian root and used there; see docs/packaging.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bundle
import debian
import licences
import trial

from mlops_desk import __version__

ROOT = bundle.ROOT
DIST, BUILD = ROOT / "dist", ROOT / "build"
SPECS = {"linux": "linux.spec", "win32": "windows.spec", "darwin": "macos.spec"}
WITHOUT_DPKG = "No .deb was built: dpkg-deb or objdump is missing; on Debian type: sudo apt-get install binutils"


def main(arguments: list[str]) -> int:
    """Build everything that this system can build; then try it where a root is named."""
    if arguments and (len(arguments) != 2 or arguments[0] != "--try"):
        say("Usage: python3 packaging/dev.py package [--try ROOT]")
        return 2
    os.environ |= {"SOURCE_DATE_EPOCH": _epoch(), "PYTHONHASHSEED": "1"}  # the same sources give the same files
    DIST.mkdir(exist_ok=True)
    say(f"wheel    {_made(wheel())}")
    program = freeze()
    say(f"program  {_made(program)}")
    if sys.platform != "linux":
        say("This recipe was written without such a system at hand and is untested; see docs/packaging.md")
        return 0
    if not all(map(shutil.which, debian.TOOLS)):
        say(WITHOUT_DPKG)
        return 1
    package = debian.build(program, DIST, BUILD / "debian")
    say(f"deb      {_made(package)}")
    return trial.run(package, Path(arguments[1])) if arguments else 0


def wheel() -> Path:
    """Build the wheel, which holds our modules and resources."""
    line = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(DIST)]
    subprocess.run(line, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return DIST / f"mlops_desk-{__version__}-py3-none-any.whl"


def freeze() -> Path:
    """Freeze the program into a folder that needs no Python, with the licences of all that lies in it."""
    line = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    places = ["--distpath", str(DIST), "--workpath", str(BUILD / "frozen")]
    subprocess.run([*line, *places, str(ROOT / "packaging" / SPECS[sys.platform])], cwd=ROOT, check=True)
    licences.write(DIST / bundle.NAME / "licences")
    return DIST / bundle.NAME


def _epoch() -> str:
    """Return the time of the last commit, in s; a checkout without git counts as made in 2026."""
    line = ["git", "log", "-1", "--format=%ct"]
    answer = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "1767225600"


def _made(path: Path) -> str:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file() and not each.is_symlink()]
    return f"{path.relative_to(ROOT)} ({sum(each.stat().st_size for each in files) / 1e6:.0f} MB)"


def say(sentence: str) -> None:
    """Print a line at once, so that it stands before what a child prints next."""
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
