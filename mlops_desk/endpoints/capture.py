"""Captured predictions: what was asked and answered, as Parquet files that monitoring reads."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from mlops_desk.endpoints.served import Served
from mlops_desk.kernel.endpoint import captured_name
from mlops_desk.science.features import Feature
from mlops_desk.science.predict import Prediction
from mlops_desk.science.rowfiles import write_rows
from mlops_desk.science.table import Array, label_of

FULL_FILES = 20  # files' worth of rows that may wait for the disk
TIME, RELEASE, MODEL, REQUEST, PLACE = "desk_time", "desk_release", "desk_model", "desk_request", "desk_row"


class Answered(NamedTuple):
    """One request that was answered: by which model, when (microseconds since 1970, UTC), and its rows."""

    served: Served
    at_us: int
    request_id: str
    rows: Sequence[Mapping[str, Any]]
    predictions: Sequence[Prediction]


class _Row(NamedTuple):
    at_us: int
    request_id: str
    place: int
    row: Mapping[str, Any]
    prediction: Prediction


class _Page(NamedTuple):
    """The rows of one file to be."""

    served: Served
    rows: list[_Row]


class Capture:
    """Gathers answered requests on the loop's thread and writes them on another: `add` and `write` never wait.

    ``written`` rows lie in files; ``lost`` ones could not be written before there were too many.
    """

    def __init__(self, folder: Path, rows_per_file: int) -> None:
        self._folder = folder
        self._rows_per_file = max(1, rows_per_file)
        self._gathered: deque[Answered] = deque()  # appending and popping are atomic: no lock, no row lost
        self._unwritten: list[_Page] = []
        self._numbers = itertools.count()
        self._added = 0
        self.written = 0
        self.lost = 0
        self.trouble = ""

    @property
    def waiting(self) -> int:
        """How many rows are not in a file yet."""
        return self._added - self.written - self.lost

    @property
    def is_full(self) -> bool:
        """Tell whether there is enough for a file, and a disk that takes it."""
        return not self.trouble and self.waiting >= self._rows_per_file

    @property
    def is_behind(self) -> bool:
        """Tell whether rows come faster than they are written; not so if they cannot be written at all."""
        return not self.trouble and self.waiting >= FULL_FILES * self._rows_per_file

    def add(self, answered: Answered) -> None:
        """Take the rows of a request."""
        self._gathered.append(answered)
        self._added += len(answered.rows)

    def write(self, *, last: bool = False) -> None:
        """Write all that was gathered; what the disk refuses is tried again next time, unless this is the last."""
        gathered = [self._gathered.popleft() for _one in range(len(self._gathered))]
        self._unwritten += _pages(gathered, self._rows_per_file)
        refused = []
        for page in self._unwritten:
            try:
                self._write(page)
            except Exception as error:  # noqa: BLE001 - disk, rights, DuckDB: whatever it is, the answers go on
                self.trouble = str(error).strip().splitlines()[0][:300] if str(error).strip() else repr(error)
                refused.append(page)
            else:
                self.trouble = ""
                self.written += len(page.rows)
        room = 0 if last else FULL_FILES * self._rows_per_file
        while sum(len(page.rows) for page in refused) > room:
            self.lost += len(refused.pop(0).rows)
        self._unwritten = refused

    def _write(self, page: _Page) -> None:
        began = datetime.fromtimestamp(page.rows[0].at_us / 1e6, UTC)
        number = int(f"{os.getpid()}{next(self._numbers):08}")
        target = self._folder / captured_name(page.served.release_id, began, number)
        unfinished = target.with_suffix(".tmp")
        try:
            write_rows(unfinished, columns(page.served, page.rows), _facts(page))
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def columns(served: Served, rows: Sequence[_Row]) -> dict[str, Array]:
    """Return the columns of a file: when and by what, the inputs by their names, the prediction and its scores."""
    schema = served.schema
    made: dict[str, Array] = {
        TIME: np.array([row.at_us for row in rows], dtype="datetime64[us]"),
        RELEASE: np.full(len(rows), served.release_id, dtype=object),
        MODEL: np.full(len(rows), served.label, dtype=object),
        REQUEST: np.array([row.request_id for row in rows], dtype=object),
        PLACE: np.array([row.place for row in rows], dtype=np.int64),
    }
    for feature in schema.features:
        made[feature.name] = _input((row.row[feature.name] for row in rows), feature)
    predictions = [row.prediction for row in rows]
    names = output_names(served)
    if schema.task == "regression":
        return made | {names["prediction"]: np.array([one.value for one in predictions], dtype=np.float64)}
    made[names["prediction"]] = np.array([one.label for one in predictions], dtype=object)
    for label in schema.classes:
        scores = [one.scores[label] if one.scores else np.nan for one in predictions]
        made[names[f"score_{label}"]] = np.array(scores, dtype=np.float64)
    return made


def output_names(served: Served) -> dict[str, str]:
    """Return the names of prediction and scores in the file: an input keeps its name, ours gets a _ beside it."""
    taken = {feature.name.casefold() for feature in served.schema.features}
    names = {}
    for name in ("prediction", *(f"score_{label}" for label in served.schema.classes)):
        free = name
        while free.casefold() in taken:
            free += "_"
        taken.add(free.casefold())
        names[name] = free
    return names


def _pages(gathered: Iterable[Answered], rows_per_file: int) -> list[_Page]:
    """Split the rows of each model into files."""
    by_model: dict[Served, list[_Row]] = {}
    for one in gathered:
        by_model.setdefault(one.served, []).extend(_rows(one))
    return [
        _Page(served, rows[start : start + rows_per_file])
        for served, rows in by_model.items()
        for start in range(0, len(rows), rows_per_file)
    ]


def _rows(one: Answered) -> Iterator[_Row]:
    for place, (row, prediction) in enumerate(zip(one.rows, one.predictions, strict=True)):
        yield _Row(one.at_us, one.request_id, place, row, prediction)


def _input(values: Iterator[Any], feature: Feature) -> Array:
    if feature.kind == "number":
        return np.ma.masked_invalid(np.array([np.nan if value is None else float(value) for value in values]))
    texts = [None if value is None else label_of(value) for value in values]
    if all(text is None for text in texts):  # else DuckDB would not know that it is a column of texts
        return np.ma.masked_array(np.full(len(texts), ""), mask=True)
    return np.array(texts, dtype=object)


def _facts(page: _Page) -> dict[str, str]:
    served = page.served
    schema = served.schema
    return {
        "release": served.release_id,
        "model": served.label,
        "sha256": served.sha256,
        "environment": served.environment,
        "task": schema.task,
        "target": schema.target,
        "positive": schema.positive or "",
        "outputs": msgspec.json.encode(output_names(served)).decode(),
    }
