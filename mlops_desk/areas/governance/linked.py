"""What the checks of governance share: the record that a checked thing is linked to, and words where there is none."""

from __future__ import annotations

from typing import Any

from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion
from mlops_desk.areas.experiments.model import Model
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.kernel.record import Noun
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Verdict, not_known
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _

Arguments = dict[str, Any]
PLACEHOLDERS = frozenset({"tbd", "todo", "n/a", "-", "?", "x"})
_NOUNS: dict[str, type[Noun]] = {
    "use-case": UseCase,
    "dataset": Dataset,
    "dataset-version": DatasetVersion,
    "model-card": Model,
    "run": Run,
}


def linked(rows: Rows, subject: Subject, noun: str) -> Any:
    """Return the row of a noun that a thing is linked to, or None."""
    id_ = subject.other(noun)
    found = rows.find(_NOUNS[noun], "id = ?", id_, order="id") if id_ else []
    return found[0] if found else None


def unlinked(noun: str) -> Verdict:
    """Return the verdict where there is no such row."""
    return not_known(_("no {noun} is linked", noun=noun.replace("-", " ")))


def is_filled(value: Any, least_chars: int = 1, least_lines: int = 1) -> bool:
    """Tell whether a field is set, long enough and no placeholder."""
    if not value and value is not False:
        return False
    if not isinstance(value, str):
        return True
    text = value.strip()
    lines = [line for line in text.splitlines() if line.strip()]
    return len(text) >= least_chars and text.lower() not in PLACEHOLDERS and len(lines) >= least_lines
