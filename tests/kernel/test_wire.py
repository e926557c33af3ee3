"""JSON of a known shape, also when several threads meet the same shape for the first time."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from mlops_desk.kernel import wire

MEETING = """
import sys, threading
import msgspec
from mlops_desk.kernel import wire

sys.setswitchinterval(1e-6)
text = b'{"b0": [{"a0": 1}], "b9": [{"a9": 1}]}'

def meet(number):
    inner = msgspec.defstruct(f"Inner{number}", [(f"a{place}", int | None, None) for place in range(10)])
    outer = msgspec.defstruct(f"Outer{number}", [(f"b{place}", list[inner], []) for place in range(10)])
    all_here = threading.Barrier(4)

    def read():
        all_here.wait()
        assert wire.read(text, outer).b9[0].a9 == 1

    threads = [threading.Thread(target=read) for _number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

for number in range(60):
    meet(number)
print("alive")
"""


class Point(msgspec.Struct):
    x: int
    y: int = 0


def test_that_threads_may_meet_a_shape_for_the_first_time_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", MEETING], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr


def test_that_a_shape_is_kept_to() -> None:
    assert wire.read(b'{"x": 1}', Point) == Point(1)
    assert wire.fitted({"x": "1"}, Point, is_strict=False) == Point(1)
    with pytest.raises(msgspec.ValidationError):
        wire.read('{"x": "1"}', Point)
    with pytest.raises(msgspec.ValidationError):
        wire.fitted({"x": "1"}, Point)
    with pytest.raises(msgspec.DecodeError):
        wire.read("{", Point)
