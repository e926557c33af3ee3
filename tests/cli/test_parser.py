"""The parser: what a person types is taken for what it is."""

from __future__ import annotations

import pytest

from mlops_desk.cli.parser import Misuse, Parser

ENTRY = "-o" + "Zw4" * 13 + "-_"


def parser() -> Parser:
    made = Parser(prog="p")
    made.add_argument("about", nargs="?")
    made.add_argument("--before")
    made.add_argument("-o")
    return made


@pytest.mark.parametrize("words", [["--before", ENTRY], [f"--before={ENTRY}"]])
def test_that_the_id_of_an_entry_may_begin_with_a_dash(words: list[str]):
    assert len(ENTRY) == 43
    assert parser().parse_args(words).before == ENTRY


def test_that_such_an_id_may_stand_by_itself_beside_options():
    given = parser().parse_args([ENTRY, "-o", "file"])
    assert (given.about, given.o) == (ENTRY, "file")


def test_that_an_option_that_nobody_knows_is_misuse_as_before():
    with pytest.raises(Misuse):
        parser().parse_args(["--nonsense", "x"])
