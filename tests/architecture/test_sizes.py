"""Modules and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import statistics

from tests.architecture.house import modules

LONGEST_MODULE = 400
MEDIAN_MODULE = 130
LONGEST_FUNCTION = 60
USUAL_FUNCTION = 25
EVERYWHERE = ("mlops_desk", "packaging", "tests")


def _lengths() -> list[tuple[int, str]]:
    return [
        ((function.end_lineno or 0) - function.lineno + 1, f"{module.name}:{function.lineno} {function.name}")
        for module in modules(*EVERYWHERE)
        for function in module.functions()
    ]


def test_that_no_module_is_too_long():
    lengths = {module.name: module.lines() for module in modules(*EVERYWHERE)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_that_most_modules_are_short():
    assert statistics.median(module.lines() for module in modules("mlops_desk")) <= MEDIAN_MODULE


def test_that_no_function_is_too_long():
    assert [f"{place}: {length}" for length, place in _lengths() if length > LONGEST_FUNCTION] == []


def test_that_nine_functions_in_ten_fit_on_half_a_screen():
    lengths = [length for length, _ in _lengths()]
    assert sum(length <= USUAL_FUNCTION for length in lengths) >= 0.9 * len(lengths)
