"""Install the Debian package into a clean root and use it there as people do; what it shows is kept as a picture."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "try_installed.sh"
WITH = ("xvfb", "xauth", "x11-utils", "xdotool", "imagemagick")  # what watches it; the desk needs none of them
PICTURE = "installed.png"
PLACE = "tmp/try"  # below the root
_CARRIED = re.compile(r"(https?|ftp|no)_proxy|SSL_.*|CURL_.*", re.IGNORECASE)


def run(package: Path, root: Path) -> int:
    """Install and use the package in the Debian system below ``root``; return 0 if everything did what it should.

    The root is a fresh one, as ``debootstrap --variant=minbase bookworm ROOT`` makes it. Only root may enter it.
    """
    if not (root / "usr/bin/apt-get").exists() or os.geteuid() != 0:
        print(f"{root} is no Debian system, or you are not root. Make one: debootstrap --variant=minbase bookworm ROOT")
        return 1
    place = root / PLACE
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for file in (package, SCRIPT):
        shutil.copy(file, place / file.name)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    is_mounted = os.path.ismount(root / "proc")
    if not is_mounted:
        subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
    try:
        status = _inside(root, package.name)
    finally:
        if not is_mounted:
            subprocess.run(["umount", "--lazy", str(root / "proc")], check=False)
    if (place / PICTURE).is_file():
        shutil.copy(place / PICTURE, package.parent / PICTURE)
        print(f"The window as it stood there: {package.parent / PICTURE}", flush=True)
    return status


def _inside(root: Path, package: str) -> int:
    carried = [f"{name}={value}" for name, value in os.environ.items() if _CARRIED.fullmatch(name)]
    clean = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
    for line in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", f"/{PLACE}/{package}", *WITH],
        ["sh", f"/{PLACE}/{SCRIPT.name}", PICTURE],
    ):
        status = subprocess.run(["env", "-i", *clean, *carried, "chroot", str(root), *line], check=False).returncode
        if status:
            return status
    return 0
