"""Names and first sentences: each file says what it is for."""

from __future__ import annotations

import ast

from tests.architecture.house import PACKAGE, ROOT, modules

# A file of this name collects what nobody found a place for.
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}
LONGEST_SENTENCE = 160


def test_that_every_module_opens_with_one_sentence():
    silent = []
    for module in modules("mlops_desk", "packaging", "tests"):
        first, *rest = (ast.get_docstring(module.tree) or "").split("\n")
        if not first.endswith((".", ":")) or len(first) > LONGEST_SENTENCE or (rest and rest[0]):
            silent.append(module.name)
    assert silent == []


def test_that_every_module_is_named_after_what_it_holds():
    paths = [*PACKAGE.rglob("*.py"), *(path for path in PACKAGE.rglob("*") if path.is_dir())]
    assert [str(path) for path in paths if path.stem in NO_NAMES] == []


def test_that_packaging_never_shadows_the_library_of_that_name():
    assert not (ROOT / "packaging" / "__init__.py").exists()
