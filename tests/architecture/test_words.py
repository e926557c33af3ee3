"""All words for people go through gettext: no sentence stands alone, and the catalogue holds what is declared."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from mlops_desk.catalogue import AREAS, RULES
from mlops_desk.kernel.listing import Column, Listing
from tests.architecture.house import ROOT, Module, modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

# What reads like a sentence, and what is none although it does.
SENTENCE = re.compile(r"^[A-Z“][\w']* [a-z]|[a-z]{2,}[.?!…]$|[a-z]+ [a-z]+ [a-z]+")
NO_SENTENCE = re.compile(r"^[A-Z]+( [A-Z]+)* |SELECT |^NOT |^\w+(\.\w+)*\.$|^\.\w+|^\W")
# Texts that are data, or are read by programs and programmers alone.
OTHERS = {
    "mlops_desk/workspace/sample.py": "what the sample's people wrote",
    "mlops_desk/workspace/sample_words.py": "what the sample's people wrote",
    "mlops_desk/science/pii_names.py": "words that columns of any language are called by",
    "mlops_desk/sync/exchange.py": "what git says, in English by our wish",
    "mlops_desk/sync/merge.py": "ways to merge, for programmers",
    "mlops_desk/endpoints/described.py": "the OpenAPI document, for programs",
    "mlops_desk/science/sources.py": "what DuckDB's reader says",
}
TEXTS = {
    "does not apply",  # how an item was settled, as it is written
    "the device belongs to another member",  # a reason as the fold of the roster gives it
    "end of data",  # a detail for programmers: a reader ran out
    "a member stands twice",  # raised and caught in one module
    "only a part of the line was written",  # raised and caught in one module
    "the window did not come to rest",  # of a tool
    "the resources folder is missing beside ",  # a broken installation
    "Audits (across 1-5)",  # a row of the RACI, as governance.json names it
    "Goals and use case (before 1)",
    "5 Updates and enhancements",
    "a number in the journal must be finite",  # a programmer's mistake
    "Chart values",  # a sheet: formulas and programs know sheets by name
    "Table Style Light 1",  # a name of the spreadsheet
}
# Calls that show what they are given, by the places of their texts.
SHOWN = {
    **dict.fromkeys(("setText", "setToolTip", "setWindowTitle", "setAccessibleName", "setPlaceholderText"), (0,)),
    **dict.fromkeys(("setAccessibleDescription", "setStatusTip", "addTab", "addMenu", "label", "Button"), (0,)),
    **dict.fromkeys(("say", "showMessage", "QLabel", "QCheckBox", "QRadioButton", "QGroupBox"), (0,)),
    **dict.fromkeys(("DeskError", "Misuse", "Cancelled", "Detail"), (0, 1)),
    **dict.fromkeys(("State", "Column"), (1,)),
}
KEYS = re.compile(r"((Ctrl|Shift|Alt)\+)+\w+")
NAMES = {"MLOps Desk", "audit.zip", "git.example.org", "ana@example.org", "mlops-desk://join?…"}
NAMES |= {"https://git.example.org/team/loan.git", "sha256", "Id"}


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import words

    return words


def _calls(node: ast.AST, inside: tuple[str, ...] = ()) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Return every node with the names of the calls around it."""
    yield node, inside
    if isinstance(node, ast.Call):
        inside = (*inside, node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", ""))
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, inside)


def _described(module: Module) -> set[ast.AST]:
    """Return the texts that stand alone: docstrings."""
    return {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}


def _templates(module: Module) -> set[ast.AST]:
    """Return the texts of declarations that are collected from the classes: what an act says when it is done."""
    classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return {keyword.value for node in classes for keyword in node.keywords}


def _is_sentence(text: str) -> bool:
    return SENTENCE.search(text) is not None and NO_SENTENCE.search(text) is None and text not in TEXTS


def lone_sentences(module: Module, translating: set[str]) -> list[str]:
    left_out = _described(module) | _templates(module)
    return [
        f"{module.name}:{node.lineno} {node.value[:60]!r}"
        for node, inside in _calls(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in left_out
        and not translating & set(inside)
        and _is_sentence(node.value)
    ]


def test_that_no_sentence_for_people_stands_outside_gettext(words: ModuleType):
    translating = {"_", "plural", "compile", "fullmatch", "execute", "sql", "find", "ValueError", *words.DECLARED}
    ours = [module for module in modules("mlops_desk") if module.name not in OTHERS]
    edit = "mlops_desk/kernel/edit.py"  # makes the descriptions of acts, which are read off the classes
    assert [each for module in ours if module.name != edit for each in lone_sentences(module, translating)] == []


def lone_words(module: Module) -> Iterator[str]:
    for node, inside in _calls(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for place in SHOWN.get(name, ()) if not (name == "Column" and "Listing" in inside) else ():
            given = node.args[place] if place < len(node.args) else None
            text = given.value if isinstance(given, ast.Constant) else ""
            if (
                isinstance(text, str)
                and re.search(r"[A-Za-z]{2,}", text)
                and text not in NAMES
                and not KEYS.fullmatch(text)
            ):
                yield f"{module.name}:{node.lineno} {text!r}"


def test_that_nothing_is_shown_that_did_not_go_through_gettext():
    assert [each for module in modules("mlops_desk") for each in lone_words(module)] == []


def test_that_the_catalogue_holds_every_declared_word(words: ModuleType):
    made = words.template()
    held = {message.id if isinstance(message.id, str) else message.id[0] for message in made}
    declared = [noun.title for noun in RULES.nouns.values()]
    declared += [act.done for act in RULES.acts.values() if act.done]
    declared += [column.title for area in AREAS for listing in area.listings for column in listing.columns]
    declared += [area.title for area in AREAS]
    assert set(declared) - held == set()
    assert len(made) > 2_000


def test_that_a_translation_with_other_values_is_a_fault(
    words: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from babel.messages.catalog import Catalog

    place = tmp_path / "de" / "LC_MESSAGES" / f"{words.DOMAIN}.po"
    place.parent.mkdir(parents=True)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    monkeypatch.setattr(words, "ROOT", tmp_path)
    german = Catalog(locale="de")
    german.add("{name} is missing", "{name} fehlt")
    monkeypatch.setattr(words, "template", lambda: german)
    place.write_bytes(words._po(german))
    assert words.faults() == []
    place.write_bytes(place.read_bytes().replace(b"{name} fehlt", b"{title} fehlt"))
    assert len(words.faults()) == 1


def test_that_the_pseudo_language_keeps_values_and_commands_and_is_two_fifths_longer(words: ModuleType):
    said = words.pseudo_of("Run `mlops-desk {command} --help` for {name}.")
    assert "`mlops-desk {command} --help`" in said
    assert "{name}" in said
    assert said.startswith("‹Rûñ ")
    assert len(said) >= 1.4 * len("Run `mlops-desk {command} --help` for {name}.")


def test_that_titles_of_an_answer_are_anybodys_words_and_never_translated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlops_desk.kernel.listing._", str.upper)
    ours = Listing("kpi", "Title", (Column("name", "Name", unit="rows"),), lambda _rows: [], empty="Nothing.")
    theirs = Listing("", "Title", (Column("c0", "name"),), lambda _rows: [], are_anybodys=True)
    assert (ours.title, ours.columns[0].title, ours.columns[0].unit, ours.empty) == (
        "TITLE",
        "NAME",
        "ROWS",
        "NOTHING.",
    )
    assert theirs.columns[0].title == "name"
