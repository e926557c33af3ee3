"""What a child process may take of the machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mlops_desk.kernel.limits import SMALLEST_MEMORY_BYTES, whole_memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bounds")


def answer_of(program: str) -> str:
    line = [sys.executable, "-c", f"from mlops_desk.kernel.limits import limit\n{program}"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def test_that_a_process_that_takes_more_memory_is_refused() -> None:
    take = "try:\n    bytearray(2 * 1024**3)\nexcept MemoryError:\n    print('refused')"
    assert answer_of(f"limit(memory_bytes=1024**3)\n{take}") == "refused"
    assert answer_of(f"limit(memory_bytes=4 * 1024**3)\n{take}") == ""


def test_that_a_bound_is_never_lifted_again() -> None:
    see = "import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CORE))"
    assert answer_of(f"limit(open_files=64)\nlimit(open_files=128)\n{see}") == "(64, 64) (0, 0)"


def test_that_a_job_may_take_what_the_machine_has() -> None:
    assert whole_memory() >= SMALLEST_MEMORY_BYTES
