"""What people install: the recipes name every module and resource, and the package says what it needs."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from email.parser import Parser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from mlops_desk import __version__
from mlops_desk.catalogue import RULES
from mlops_desk.kernel import assets, child
from mlops_desk.kernel.address import SCHEME
from tests.architecture.house import ROOT, modules, tracked_files

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

HERE = ROOT / "packaging"
SPECS = ("linux.spec", "windows.spec", "macos.spec")


@pytest.fixture(autouse=True)
def recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture
def bundle() -> ModuleType:
    import bundle

    return bundle


@pytest.fixture
def debian() -> ModuleType:
    import debian

    return debian


def test_that_a_frozen_program_holds_every_module_because_children_and_pages_are_found_by_name(bundle: ModuleType):
    written = {module.name.removesuffix(".py").replace("/", ".") for module in modules("mlops_desk")}
    assert set(bundle.modules()) == {name.removesuffix(".__init__") for name in written}
    rooms = {f"{act.__module__}" for act in RULES.acts.values()}
    assert rooms <= set(bundle.modules())


def test_that_a_frozen_program_holds_every_resource_where_it_is_looked_for(bundle: ModuleType):
    held = {f"{folder}/{file.rpartition('/')[2]}" for file, folder in bundle.resources()}
    tracked = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    assert {name for name in tracked if name.startswith("resources/")} <= held


def test_that_a_frozen_program_holds_what_libraries_load_by_name(bundle: ModuleType):
    hidden = set(bundle.hidden_imports())
    assert {"skops.io.old._numpy_v0", "phonenumbers.data.region_CH", "stdnum.numdb", "skops.io"} <= hidden
    assert {"mlops_desk.science.train", "mlops_desk.gui.widgets.chart", "mlops_desk"} <= hidden
    assert not [name for name in hidden if ".tests" in name]


def test_that_nothing_is_left_out_that_our_own_code_imports(bundle: ModuleType):
    imported = {name for module in modules("mlops_desk") for name in module.imports()}
    parts = {".".join(name.split(".")[:size]) for name in imported for size in (1, 2, 3)}
    assert parts & set(bundle.LEFT_OUT) == set()


WITHOUT = """
import importlib, sys
left_out, modules = sys.argv[1].split(","), sys.argv[2].split(",")
class Absent:
    def find_spec(self, name, path=None, target=None):
        if any(name == each or name.startswith(each + ".") for each in left_out):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
for name in modules:
    importlib.import_module(name)
"""


def test_that_all_of_it_loads_where_what_is_left_out_is_absent(bundle: ModuleType):
    libraries = ["skops.io", "sklearn.ensemble", "matplotlib.backends.backend_svg", "keyring", "typst", "numpy.testing"]
    loaded = [*(name for name in bundle.modules() if not name.endswith("__main__")), *libraries]
    line = [sys.executable, "-c", WITHOUT, ",".join(bundle.LEFT_OUT), ",".join(loaded)]
    answer = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]


@pytest.mark.parametrize(
    ("name", "is_unused"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", False),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", False),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", False),
        ("PySide6/Qt/plugins/iconengines/libqsvgicon.so", False),
        ("PySide6/Qt/lib/libQt6Svg.so.6", False),
        ("PySide6/Qt/lib/libQt6DBus.so.6", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/Qt/translations/qtdeclarative_de.qm", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", True),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlpsql.so", True),
        ("PySide6/Qt/qml/QtQuick/qmldir", True),
        ("PySide6/Qt/lib/libQt6Network.so.6", True),
        ("resources/fonts/Inter-Regular.otf", False),
    ],
)
def test_that_only_parts_of_qt_that_nobody_uses_are_trimmed(bundle: ModuleType, name: str, is_unused: bool):  # noqa: FBT001
    assert bundle.is_unused(name) is is_unused


def test_that_the_systems_libraries_stay_the_systems_but_python_comes_along(bundle: ModuleType):
    kept = [
        ("a", "/home/somebody/.venv/lib/python3.11/site-packages/duckdb/a.so", "EXTENSION"),
        ("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "BINARY"),
        ("_ssl.so", "/usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so", "EXTENSION"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
    ]
    refused = [
        ("libssl.so.3", "/lib/x86_64-linux-gnu/libssl.so.3", "BINARY"),
        ("libQt6Network.so.6", "PySide6/Qt/lib/libQt6Network.so.6", "SYMLINK"),
    ]
    assert bundle.kept([*kept, *refused]) == kept


def test_that_the_control_file_has_what_dpkg_and_people_need(debian: ModuleType):
    text = debian.control("amd64", "libc6 (>= 2.36), libgl1", 400_000)
    fields = Parser().parsestr(text)
    wanted = ("Package", "Version", "Architecture", "Maintainer", "Installed-Size", "Depends", "Section", "Description")
    assert [field for field in wanted if not fields[field]] == []
    assert (fields["Package"], fields["Version"], fields["Architecture"]) == ("mlops-desk", __version__, "amd64")
    assert fields["Depends"].split(", ") == ["libc6 (>= 2.36)", "libgl1", "git", "libegl1"]
    first, *more = fields["Description"].splitlines()
    assert len(first) < 80
    assert more
    assert text.endswith("\n")
    assert "\n\n" not in text


def test_that_the_desktop_finds_name_icon_and_command(debian: ModuleType):
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(HERE / "debian" / "mlops-desk.desktop", encoding="utf-8")
    asked = entry["Desktop Entry"]
    assert (asked["Exec"], asked["Icon"], asked["Terminal"]) == ("mlops-desk %u", "mlops-desk", "false")
    assert asked["MimeType"] == f"x-scheme-handler/{SCHEME.removesuffix('://')};"
    assert debian.PLACES["mlops-desk.svg"].endswith(f"/{asked['Icon']}.svg")
    assert [name for name in debian.PLACES if not (HERE / "debian" / name).is_file()] == []
    for name in ("mlops-desk.svg", "mlops-desk.metainfo.xml"):
        ET.parse(HERE / "debian" / name)


def test_that_the_manual_names_every_command_and_holds_no_stray_request():
    import manual

    page = manual.page().decode()
    said = page.replace("\\-", "-").replace("\\&", "")
    assert [act.command for act in RULES.acts.values() if f".B mlops-desk {' '.join(act.command)}\n" not in said] == []
    requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".TP", ".B", ".I", ".br"}


@pytest.mark.parametrize("name", SPECS)
def test_that_every_recipe_is_python_and_takes_its_content_from_one_place(name: str):
    text = (HERE / name).read_text(encoding="utf-8")
    called = {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    assert {"ENTRY", "hidden_imports", "datas", "LEFT_OUT", "AS_SOURCES", "kept"} <= called
    assert ("UNTESTED" in text) is (name != "linux.spec")


def test_that_the_recipes_know_the_version(bundle: ModuleType):
    assert bundle.version() == __version__


def test_that_a_frozen_program_starts_itself_again_and_knows_its_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    program = tmp_path / "mlops-desk"
    program.write_bytes(b"")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert child.command(child.SERVE_ARGUMENT) == [str(program), child.SERVE_ARGUMENT]
    first = assets.build.__wrapped__()
    assert re.fullmatch(rf"{re.escape(__version__)} \d+", first)
    program.touch()
    assert assets.build.__wrapped__() != first
