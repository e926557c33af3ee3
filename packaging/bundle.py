"""What a frozen program holds: our modules by name, what libraries load by name, and none of Qt that nobody uses.

The specs call these functions; nothing else knows of PyInstaller. A library is asked for its data by PyInstaller's own
hooks wherever they know it, so only what they do not know stands here.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
NAME = "mlops-desk"
ENTRY = ROOT / "mlops_desk" / "__main__.py"
START = ROOT / "packaging" / "frozen_start.py"

# Found by name at run time: regions of telephone numbers, tables of bank codes, parts of old model files.
LAZY_PACKAGES = ("phonenumbers", "stdnum", "skops")
WITH_TABLES = ("stdnum",)
# Free to be replaced by whoever wishes, as its licence asks: files of its own, not a part of our archive.
AS_SOURCES = {"stdnum": "py"}
# What libraries import if it happens to be there, and we never need.
LEFT_OUT = (
    *("tkinter", "IPython", "pandas", "pytest", "matplotlib.tests", "numpy.tests", "sklearn.tests"),
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtSql", "PySide6.QtHelp", "PySide6.QtDesigner", "PySide6.QtUiTools"),
    *("PySide6.QtPrintSupport", "PySide6.QtConcurrent", "PySide6.QtXml", "PySide6.QtQuickWidgets"),
    *("PySide6.QtNetwork", "PySide6.QtTest"),
    *("pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter"),
)
# Of Qt, what plugins and modules would bring along: other toolkits, other screens, databases, QML, the network.
_UNUSED = re.compile(
    r"""PySide6/(
        Qt/plugins/(
            platformthemes/libqgtk3 | platforms/libq(eglfs|linuxfb|minimal|minimalegl|vnc|vkkhrdisplay)\b
          | egldeviceintegrations | wayland-graphics-integration-\w+ | generic | networkinformation | tls | sqldrivers
          | qmltooling | qmllint | printsupport | virtualkeyboard
          | platforminputcontexts/libqtvirtualkeyboard | imageformats/libq(pdf|tiff|tga|wbmp|webp|icns|gif|jpeg)\b
        )
      | Qt/(qml|resources|libexec|metatypes)/
      | Qt/lib/libQt6(Qml\w*|Quick\w*|Pdf|VirtualKeyboard\w*|Sql|Network|EglF\w*|PrintSupport|Designer\w*|Help
          | Test)\.so
      | Qt/translations/(?!qtbase_)
    )""",
    re.VERBOSE,
)
_OF_THE_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
_PYTHON = re.compile(r"(libpython[^/]*\.so[^/]*|python3[^/]*/lib-dynload/[^/]+)$")

Entry = tuple[str, str, str]  # name in the bundle, file on this machine, kind


def modules() -> list[str]:
    """Return the name of every module of ours: areas, pages and the work of children are found by name."""
    files = sorted((ROOT / "mlops_desk").rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


def hidden_imports() -> list[str]:
    """Return the modules that no reader of our imports would find."""
    return [*modules(), *(name for package in LAZY_PACKAGES for name in modules_of(package))]


def modules_of(package: str) -> list[str]:
    """Return every module of an installed package but its tests, also those in folders that declare no package."""
    found = find_spec(package)
    places = [Path(place) for place in (found.submodule_search_locations if found else None) or ()]
    files = sorted(file.relative_to(place.parent) for place in places for file in place.rglob("*.py"))
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if "tests" not in name.split(".")]


def datas() -> list[tuple[str, str]]:
    """Return the files that are no modules, each with its folder in the bundle."""
    import licences
    from PyInstaller.utils.hooks import collect_data_files, copy_metadata

    tables = [each for package in WITH_TABLES for each in collect_data_files(package)]
    metadata = [each for package in licences.packages() for each in copy_metadata(package.name)]
    return [*resources(), *tables, *metadata]


def resources() -> list[tuple[str, str]]:
    """Return every file of ``resources``, each with its folder in the bundle."""
    files = sorted(file for file in (ROOT / "resources").rglob("*") if file.is_file() and file.suffix != ".pyc")
    return [(str(file), file.parent.relative_to(ROOT).as_posix()) for file in files]


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries without unused parts of Qt and without what the system brings and keeps secure itself."""
    return [entry for entry in entries if not _is_refused(*entry)]


def _is_refused(name: str, source: str, kind: str) -> bool:
    """Tell whether an entry stays out; the source of a link is the name that it points to, seen from the link."""
    target = (Path(name).parent / source).as_posix() if kind == "SYMLINK" else name
    return is_unused(name) or is_unused(target) or (kind != "SYMLINK" and is_of_the_system(source))


def is_unused(name: str) -> bool:
    """Tell whether a file of the bundle is a part of Qt that the window never loads."""
    return _UNUSED.match(name.replace("\\", "/")) is not None


def is_of_the_system(file: str) -> bool:
    """Tell whether a library belongs to the system; Python itself does not, wherever it lies."""
    return file.startswith(_OF_THE_SYSTEM) and _PYTHON.search(file) is None and "-packages/" not in file


def version() -> str:
    """Return the version of the program, read without importing it."""
    text = (ROOT / "mlops_desk" / "__init__.py").read_text(encoding="utf-8")
    return str(re.findall(r'__version__ = "([^"]+)"', text)[0])
