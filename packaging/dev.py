"""The one entrance for developers: `python3 packaging/dev.py COMMAND`, with nothing but Python and pip at hand.

run [ARGS]    mlops-desk ARGS in the project's own .venv; `run demo` opens the sample
test          all checks, the window's tests, then all others where PySide6 cannot be imported; pytest's line is last
test ARGS     all checks, then pytest ARGS
test --core [ARGS]  the tests of the core alone: pytest in an interpreter where PySide6 cannot be imported
check         the checks alone: format, lint, types, imports, dependencies, spelling, docs
bench [ARGS]  the benchmarks, with what they measured
reliability [NAME…] [--minutes M | --number N]  the release-sized tests of reliability, with what they found
shots OUT     pictures of every page, home, form and dialog of the sample in both themes, into the folder OUT
doctor        look at what this machine lacks, and say the line that cures it
package [--try ROOT]  build the wheel, the frozen program and its .deb into dist/; see docs/packaging.md
words [--check | --pseudo FOLDER]  write the catalogue of words for people; --pseudo: a language to look at it in
lock [ARGS]   write the locks anew from pyproject.toml (`lock --upgrade` for newer versions)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import environment
import system

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = environment.ROOT
PYTHON = str(environment.DESK.python)
CORES = os.cpu_count() or 1
# One process more than there are cores: tests wait for children, locks and paint. A file stays on one process, and
# begins in the order of tests/conftest.py.
PARALLEL = ["-n", str(CORES + 1), "--dist", "loadfile", "--no-loadscope-reorder"]
WITHOUT_QT = {"MLOPS_DESK_WITHOUT_QT": "1"}


class Check(NamedTuple):
    """One check of the house: its name, its command line and variables it needs."""

    name: str
    line: list[str]
    variables: dict[str, str]


def run(arguments: list[str]) -> int:
    """Start mlops-desk from the checkout; this process becomes it."""
    needs_window = not arguments or arguments[0] == "demo"
    prepare(with_tools=False, needs_window=needs_window)
    line = [PYTHON, "-P", "-m", "mlops_desk", *arguments]
    if os.name == "posix":
        os.execve(PYTHON, line, environment.clean_environ())  # noqa: S606 - no shell is wanted
    return subprocess.run(line, env=environment.clean_environ(), check=False).returncode


def test(arguments: list[str]) -> int:
    """Run everything once: the window's tests with Qt, all others where it cannot be imported."""
    if arguments[:1] == ["--core"]:
        prepare(with_tools=True, needs_window=False)
        return core(arguments[1:])
    prepare(with_tools=True, needs_window=True)
    seek_screen()
    failed = failures_of([gathered_check(), *checks()])
    failed += [] if arguments else failures_of([window_check()])
    say(f"FAILED before pytest: {', '.join(failed)}" if failed else "All checks passed; pytest:")
    status = call([PYTHON, "-m", "pytest", *arguments], offscreen()) if arguments else core([])
    return status or int(bool(failed))


def check(_arguments: list[str]) -> int:
    """Run the checks alone."""
    prepare(with_tools=True, needs_window=False)
    failed = failures_of(checks())
    say(f"FAILED: {', '.join(failed)}" if failed else "All checks passed")
    return int(bool(failed))


def bench(arguments: list[str]) -> int:
    """Run the benchmarks."""
    prepare(with_tools=True, needs_window=True)
    return call([PYTHON, "tests/benchmarks/run.py", *arguments], offscreen())


def reliability(arguments: list[str]) -> int:
    """Run the release-sized tests of reliability."""
    prepare(with_tools=True, needs_window=True)
    return call([PYTHON, "tests/reliability/run.py", *arguments], offscreen())


def shots(arguments: list[str]) -> int:
    """Write pictures of the whole window into a folder; the sample is made in a home of its own."""
    if len(arguments) != 1:
        raise environment.SetupError("Name the folder for the pictures: python3 packaging/dev.py shots OUT")
    prepare(with_tools=False, needs_window=True)
    with tempfile.TemporaryDirectory(prefix="shots-") as name:
        sample, private = str(Path(name) / "sample"), {"MLOPS_DESK_HOME": str(Path(name) / "home"), **offscreen()}
        made = call([PYTHON, "-P", "-m", "mlops_desk", "demo", sample, "--no-window"], private)
        return made or call([PYTHON, "-m", "mlops_desk.gui.shots", str(Path(arguments[0]).resolve()), sample], private)


def doctor(_arguments: list[str]) -> int:
    """Say of each thing the machine must bring whether it is there."""
    found = system.findings()
    for finding in found:
        say(f"{'ok  ' if finding.is_well else 'LACK'}  {finding.sentence}")
    cures = packages_for(found)
    if cures:
        say(f"On Debian or Ubuntu type: {system.apt_line(cures)}")
    return int(not all(finding.is_well for finding in found))


def lock(arguments: list[str]) -> int:
    """Resolve pyproject.toml for every system and Python we support; hashes only, no addresses."""
    prepare(with_tools=True, needs_window=False)
    compile_line = [environment.DESK.script("uv"), "--no-config", "pip", "compile", "--quiet", "--universal"]
    compile_line += ["--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
    compile_line += ["--no-emit-index-url", "--no-emit-find-links", *arguments, "pyproject.toml"]
    status = call([*compile_line, "--output-file", f"packaging/{environment.RUN_LOCK.name}"], {})
    for group, one in (("dev", environment.DEV_LOCK), ("package", environment.PACKAGE_LOCK)):
        more = ["--group", group, "--constraint", f"packaging/{environment.RUN_LOCK.name}"]
        status = status or call([*compile_line, *more, "--output-file", f"packaging/{one.name}"], {})
    return status


def words(arguments: list[str]) -> int:
    """Write the catalogue of all words for people, or look at it."""
    prepare(with_tools=True, needs_window=False)
    return call([PYTHON, "packaging/words.py", *arguments], {})


def package(arguments: list[str]) -> int:
    """Build what people install, in an environment of its own; with ``--try`` install and use it in a clean root."""
    equip(lacking_to_package)
    environment.FREEZER.ensure(environment.PACKAGE_LOCK)
    return call([str(environment.FREEZER.python), "packaging/package.py", *arguments], {})


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "reliability": reliability,
    "shots": shots,
    "doctor": doctor,
    "words": words,
    "package": package,
    "lock": lock,
}


def prepare(*, with_tools: bool, needs_window: bool) -> None:
    """Make machine and environment ready.

    Raises:
        SetupError: Something is missing that only a person can bring.
    """
    equip(lambda: lacking(needs_window=needs_window))
    environment.DESK.ensure(environment.RUN_LOCK, *([environment.DEV_LOCK] if with_tools else []))


def equip(look: Callable[[], list[system.Finding]]) -> None:
    """Bring what a look at the machine finds lacking; as root on Debian install it, else say how.

    Raises:
        SetupError: Something is missing that only a person can bring.
    """
    lacks = look()
    if packages_for(lacks) and system.may_install():
        say(f"Installing missing system packages: {' '.join(packages_for(lacks))}")
        system.install(packages_for(lacks))
        lacks = look()
    if lacks:
        sentences = [finding.sentence for finding in lacks]
        cures = packages_for(lacks)
        if cures:
            sentences.append(f"On Debian or Ubuntu type: {system.apt_line(cures)}")
        raise environment.SetupError("\n".join(sentences))


def seek_screen() -> None:
    """Bring the screen for the story in a real window where that needs no asking; without it the story is skipped."""
    packages = packages_for(system.screen_findings())
    if packages and sys.platform.startswith("linux") and system.may_install():
        say(f"Installing what shows a real window to nobody: {' '.join(packages)}")
        system.install(packages)
        packages = packages_for(system.screen_findings())
    if packages:
        say(f"The story in a real window will be skipped. On Debian or Ubuntu type: {system.apt_line(packages)}")


def lacking(*, needs_window: bool) -> list[system.Finding]:
    """Return what this machine lacks; without a window its libraries may be absent."""
    is_library = {**system.WINDOW_LIBRARIES, **system.X11_LIBRARIES}.values()
    lacks = [finding for finding in system.findings() if not finding.is_well]
    return [finding for finding in lacks if needs_window or finding.package not in is_library]


def lacking_to_package() -> list[system.Finding]:
    """Return what this machine lacks to freeze a window that is shown on any machine."""
    return [finding for finding in system.findings(shows_anywhere=True) if not finding.is_well]


def packages_for(found: list[system.Finding]) -> list[str]:
    """Return the Debian packages that cure what is not well."""
    return [finding.package for finding in found if finding.package and not finding.is_well]


def checks() -> list[Check]:
    """Return all checks but pytest, the quick ones first."""
    tool = environment.DESK.script
    return [
        Check("ruff format", [tool("ruff"), "format", "--check", "--quiet", "."], {}),
        Check("ruff check", [tool("ruff"), "check", "--quiet", "."], {}),
        Check("mypy", [tool("mypy")], {}),
        Check("imports", [tool("lint-imports"), "--no-logo"], {"PYTHONPATH": str(ROOT)}),
        Check("dependencies", [tool("deptry"), "--no-ansi", "."], {}),
        Check("spelling", [tool("codespell")], {}),
        Check("words", [PYTHON, "packaging/words.py", "--check"], {}),
        *docs_checks(),
    ]


def docs_checks() -> list[Check]:
    """Return the check that the generated pages are those the code would write today."""
    if not (ROOT / "packaging" / "docs.py").is_file():
        return []
    return [Check("docs", [PYTHON, "packaging/docs.py", "--check"], offscreen())]


def gathered_check() -> Check:
    """Return the gathering of the core's tests: what it compiles beside mypy need not be compiled by each process."""
    return Check("gathering", [PYTHON, "-m", "pytest", "-p", "no:pytest-qt", "--collect-only", "-q"], WITHOUT_QT)


def window_check() -> Check:
    """Return the run of the window's tests."""
    return Check("window", [PYTHON, "-m", "pytest", "-q", *PARALLEL, "tests/gui"], offscreen())


def core(arguments: list[str]) -> int:
    """Run the core's tests in an interpreter without Qt; `tests/conftest.py` leaves the window's out there."""
    line = [PYTHON, "-m", "pytest", "-p", "no:pytest-qt", *(arguments or PARALLEL)]
    return call(line, WITHOUT_QT)


def offscreen() -> dict[str, str]:
    """Return the variables that let Qt paint without a display."""
    return {"QT_QPA_PLATFORM": "offscreen"}


def failures_of(asked: list[Check]) -> list[str]:
    """Run checks, as many at a time as there are cores, show what failing ones say, and return their names."""
    failed = []
    with ThreadPoolExecutor(CORES) as pool:
        for one, (answer, seconds) in zip(asked, pool.map(_answer, asked), strict=True):
            said = answer.stdout.decode("utf-8", "replace").rstrip()
            if answer.returncode:
                failed.append(one.name)
                say(said)
            tests = f": {said.splitlines()[-1]}" if "pytest" in one.line and said else ""
            say(f"{'FAIL' if answer.returncode else 'ok  '}  {one.name} ({seconds:.1f} s){tests}")
    return failed


def _answer(one: Check) -> tuple[subprocess.CompletedProcess[bytes], float]:
    """Run a check and return what it said, and in how many seconds."""
    began = time.monotonic()
    variables = {**environment.clean_environ(), **one.variables}
    answer = subprocess.run(
        one.line, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return answer, time.monotonic() - began


def call(line: list[str], variables: dict[str, str]) -> int:
    """Run a line at the root of the checkout and return its exit status."""
    return subprocess.run(line, cwd=ROOT, env={**environment.clean_environ(), **variables}, check=False).returncode


def say(sentence: str) -> None:
    """Print a line at once, so that it stands before what a child prints next."""
    print(sentence, flush=True)


def main(arguments: list[str]) -> int:
    """Find the command and run it; what only a person can cure is said in a sentence."""
    if sys.version_info[:2] < system.OLDEST_PYTHON:
        say(f"{system.python_finding().sentence}")
        return 1
    if not arguments or arguments[0] not in COMMANDS:
        say(f"{__doc__}")
        return 0 if arguments in (["--help"], ["-h"]) else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except environment.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
