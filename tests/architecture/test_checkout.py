"""The checkout as strangers get it: locks that fit, nothing of any one machine, a wheel that holds the resources."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.house import ROOT, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = {"requirements.lock": (), "requirements-dev.lock": ("dev",), "requirements-package.lock": ("package",)}
# Written in parts, so that this file does not hold what it forbids.
PLACES_OF_ONE_MACHINE = ("/" + "work/", "/" + "root/")


@cache
def _locked(name: str) -> dict[str, list[Requirement]]:
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[Requirement]] = {}
    for line in text.splitlines():
        requirement = Requirement(line.partition(" --hash=")[0])
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_that_a_lock_holds_versions_and_hashes_and_no_address(name: str):
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()
    assert [
        line[:60] for line in entries if not re.fullmatch(r"[\w.-]+==[^ ]+.*?( +--hash=sha256:[0-9a-f]{64})+", line)
    ] == []
    assert "://" not in text


@pytest.mark.parametrize(("name", "groups"), LOCKS.items())
def test_that_a_lock_fits_what_pyproject_asks_for(name: str, groups: tuple[str, ...]):
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *table["project"]["dependencies"],
        *(line for group in groups for line in table["dependency-groups"][group]),
    ]
    wanting = [
        line
        for line, requirement in zip(asked, map(Requirement, asked), strict=True)
        if not any(
            requirement.specifier.contains(next(iter(locked.specifier)).version)
            for locked in _locked(name).get(canonicalize_name(requirement.name), [])
        )
    ]
    assert wanting == [], "run `python3 packaging/dev.py lock`"


@pytest.mark.parametrize("larger", ["requirements-dev.lock", "requirements-package.lock"])
def test_that_a_tools_lock_holds_all_of_the_first_at_the_same_versions(larger: str):
    assert _differences(_locked("requirements.lock"), _locked(larger)) == []


def _differences(small: dict[str, list[Requirement]], large: dict[str, list[Requirement]]) -> list[str]:
    return [name for name, found in small.items() if {str(one.specifier) for one in found} - _versions(large, name)]


def _versions(locked: dict[str, list[Requirement]], name: str) -> set[str]:
    return {str(requirement.specifier) for requirement in locked.get(name, [])}


def test_that_no_file_names_a_place_of_one_machine():
    if not tracked_files():
        pytest.skip("git does not list the files of this checkout")
    guilty = []
    for path in tracked_files():
        content = path.read_bytes()
        guilty += [f"{path.relative_to(ROOT)}: {place}" for place in PLACES_OF_ONE_MACHINE if place.encode() in content]
    assert guilty == []


def test_that_the_wheel_holds_the_resources(tmp_path: Path):
    line = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    tracked = [path.relative_to(ROOT) for path in tracked_files()]
    shipped = {f"mlops_desk/{path.as_posix()}" for path in tracked if path.parts[0] == "resources"}
    assert len(shipped) > 50
    assert not [name for name in inside if name.endswith(".pyc")]
    assert shipped <= inside
    assert "mlops_desk/__init__.py" in inside
