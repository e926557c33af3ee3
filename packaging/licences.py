"""The licences of what a frozen program holds: a list of the packages, and the texts that came with them."""

from __future__ import annotations

import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
OF_QT = (
    "Qt and PySide6 are used under the GNU Lesser General Public License, version 3. Their libraries are the separate\n"
    "files below PySide6/ and shiboken6/; whoever wishes may replace them with builds of their own. The same goes for\n"
    "the sources below stdnum/, which are used under the GNU Lesser General Public License, version 2.1 or later.\n"
)
_TEXTS = re.compile(r"(^|/)(licen[cs]es?|copying|notice|authors|patents)[^/]*($|/)", re.IGNORECASE)


def write(folder: Path) -> None:
    """Write ``README`` with name, version and licence of each package, and beside it each package's own texts."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"MLOps Desk: Apache-2.0\nPython {sys.version.split()[0]}: PSF-2.0\n"]
    (folder / "mlops-desk.txt").write_bytes((ROOT / "LICENSE").read_bytes())
    (folder / "python.txt").write_bytes(_of_python())
    for name in ("fonts", "icons"):
        (folder / f"{name}.txt").write_bytes((ROOT / "resources" / name / "LICENSE").read_bytes())
    for package in packages():
        lines.append(f"{package.name} {package.version}: {licence(package)}\n")
        for file in package.files or ():
            if file.suffix != ".py" and _TEXTS.search(file.as_posix()) and Path(str(file.locate())).is_file():
                copy = folder / package.name / file.name
                copy.parent.mkdir(exist_ok=True)
                copy.write_bytes(Path(str(file.locate())).read_bytes())
    (folder / "README").write_text("".join(lines) + f"\n{OF_QT}", encoding="utf-8")


def packages() -> list[metadata.Distribution]:
    """Return the packages of the run-time lock that this system has, by name."""
    text = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    asked = [Requirement(line.partition(" --hash=")[0]) for line in text.splitlines()]
    here = sorted(each.name for each in asked if each.marker is None or each.marker.evaluate())
    return [metadata.distribution(name) for name in here]


def licence(package: metadata.Distribution) -> str:
    """Return the licence that a package declares: its expression, else what its classifiers say."""
    told = package.metadata
    kinds = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License ::")]
    named = [*(told.get_all("License-Expression") or ()), "; ".join(kinds), *(told.get_all("License") or ())]
    return next((each.split("\n")[0] for each in named if each), "see its texts")


def _of_python() -> bytes:
    found = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    return found.read_bytes() if found.is_file() else b"https://docs.python.org/3/license.html\n"
