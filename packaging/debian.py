"""The Debian package: the frozen program, what a desktop needs to show it, and the libraries that it asks of Debian."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import manual

from mlops_desk import __version__

NAME = "mlops-desk"
TOOLS = ("dpkg-deb", "dpkg-query", "objdump", "gzip")
SOURCES = Path(__file__).resolve().parent / "debian"
ICON = "usr/share/icons/hicolor/scalable/apps/mlops-desk.svg"
PLACES = {
    "mlops-desk.desktop": "usr/share/applications/mlops-desk.desktop",
    "mlops-desk.metainfo.xml": "usr/share/metainfo/mlops-desk.metainfo.xml",
    "mlops-desk.svg": ICON,
    "copyright": "usr/share/doc/mlops-desk/copyright",
}
# What the program starts, or opens by name; what it links is read from its files.
STARTED = ("git", "libegl1", "libgl1")
RECOMMENDED = ("gnome-keyring | kwalletmanager | keepassxc", "xdg-utils")
_ELF = b"\x7fELF"
_NEEDED = re.compile(r"^ +NEEDED +(\S+)$", re.MULTILINE)
_GLIBC = re.compile(r" GLIBC_([0-9]+(?:\.[0-9]+)+)$", re.MULTILINE)


def build(program: Path, out: Path, stage: Path) -> Path:
    """Build the package of a frozen program; return its file."""
    shutil.rmtree(stage, ignore_errors=True)
    architecture = _answer(["dpkg", "--print-architecture"])
    root = stage / "root"
    lay(program, root)
    fields = control(architecture, depends(root / "usr/lib" / NAME), _size_kib(root))
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(fields, encoding="utf-8")
    file = out / f"{NAME}_{__version__}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(root), str(file)], check=True)
    return file


def lay(program: Path, root: Path) -> None:
    """Lay everything where it will be installed."""
    shutil.copytree(program, root / "usr/lib" / NAME, symlinks=True)
    command = root / "usr/bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"../lib/{NAME}/{NAME}")
    for name, place in PLACES.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCES / name, root / place)
    page = root / "usr/share/man/man1/mlops-desk.1"
    page.parent.mkdir(parents=True)
    page.write_bytes(manual.page())
    subprocess.run(["gzip", "-9n", str(page)], check=True)
    for path in (each for each in root.rglob("*") if not each.is_symlink()):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def control(architecture: str, libraries: str, size_kib: int) -> str:
    """Return the control fields."""
    lines = {
        "Package": NAME,
        "Version": __version__,
        "Architecture": architecture,
        "Maintainer": "The MLOps Desk authors <mlops-desk@example.org>",
        "Installed-Size": str(size_kib),
        "Depends": ", ".join(dict.fromkeys([*libraries.split(", "), *STARTED])),
        "Recommends": ", ".join(RECOMMENDED),
        "Section": "science",
        "Priority": "optional",
        "Description": "MLOps practice of a team, in a folder shared through git\n"
        " Goals, data, experiments, gates, releases, monitoring and reports of a team\n"
        " live in a folder that the team shares through git, without a server. Every\n"
        " decision is signed by the person who took it. A window and a command line\n"
        " stand over one core.",
    }
    return "".join(f"{field}: {value}\n" for field, value in lines.items())


def depends(program: Path) -> str:
    """Return the Debian packages whose libraries the program links and does not bring, the C library with its version.

    Raises:
        LookupError: a library is neither in the program nor in a package of this machine: it would start nowhere.
    """
    files = [file for file in sorted(program.rglob("*")) if _is_elf(file)]
    told = _answer(["objdump", "-p", *map(str, files)])
    wanted = set(_NEEDED.findall(told)) - {file.name for file in program.rglob("*")}
    newest = max(tuple(map(int, found.split("."))) for found in _GLIBC.findall(told))
    found = sorted({_package_of(name) for name in wanted} - {"libc6"})
    return ", ".join([f"libc6 (>= {'.'.join(map(str, newest))})", *found])


def _package_of(library: str) -> str:
    """Return the package that brings a library to where the loader looks."""
    place = _loader().get(library, "")
    lines = _answer(["dpkg-query", "--search", f"*/{library}"]) if place else ""
    for line in lines.splitlines():
        package, _colon, path = line.partition(": ")
        if path.removeprefix("/usr") == place.removeprefix("/usr"):
            return package.partition(":")[0]
    raise LookupError(f"No package of this machine brings {library}, which the program links")


@cache
def _loader() -> dict[str, str]:
    """Return where the loader finds each library of this machine's own kind; the first place wins."""
    lines = reversed(_answer(["/sbin/ldconfig", "-p"]).splitlines())
    return {line.split()[0]: line.rpartition(" => ")[2] for line in lines if " => " in line}


def _is_elf(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) == _ELF


def _size_kib(root: Path) -> int:
    return sum(each.lstat().st_size for each in root.rglob("*") if not each.is_dir()) // 1024


def _answer(line: list[str]) -> str:
    return subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
