"""What the tests of the house rules look at: our files, as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mlops_desk"
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One Python file: its name in messages, its text and its syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    def lines(self) -> int:
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> list[str]:
        """Return the full name of everything imported, wherever in the file that happens."""
        return [name for node in ast.walk(self.tree) for name in _imported(node)]

    def imports_at_top(self) -> list[str]:
        """Return the full name of everything that importing this file imports at once."""
        return [name for node in self.tree.body for name in _imported(node)]

    def places_of(self, fragment: str) -> list[str]:
        """Return "file:line" of each line that contains a fragment."""
        numbered = enumerate(self.text.splitlines(), start=1)
        return [f"{self.name}:{number}" for number, line in numbered if fragment in line]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def modules(*folders: str) -> tuple[Module, ...]:
    """Return all Python files below some folders of the checkout; for tests that run, not while they are gathered."""
    return tuple(_module(path) for folder in folders for path in _files(folder))


@cache
def _files(folder: str) -> tuple[Path, ...]:
    return tuple(path for path in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in path.parts)


@cache
def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(ROOT).as_posix(), path, text, ast.parse(text))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files that git carries or would carry; empty where the checkout came without git."""
    line = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    return tuple(path for name in answer.stdout.split("\0") if name and (path := ROOT / name).is_file())
