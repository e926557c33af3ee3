"""A script that works on the project as a training job does: act after act, with a publication now and then."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from mlops_desk.catalogue import RULES
from mlops_desk.workspace import Workspace


def main(folder: Path, stop: Path) -> int:
    """Act until the file appears; returns how often."""
    count = 0
    with Workspace(folder) as desk:
        while not stop.exists():
            desk.do(RULES.act("kpi.add", name=f"Script {count}"))
            count += 1
            if count % 5 == 0:
                desk.publish()
            time.sleep(0.02)
    return count


if __name__ == "__main__":
    print(main(*map(Path, sys.argv[1:])))
