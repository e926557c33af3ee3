"""Leaks: columns that give the target away, so that a model looks better than it will be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.features import Task, guess_task
from mlops_desk.science.identities import find_identities
from mlops_desk.science.table import Array, Floats, Ints, Table, labels_of, present

LeakKind = Literal["identity", "mapping", "score", "id", "constant"]

# An honest single column almost never ranks 99.5 % of all pairs rightly or explains 99.5 % of
# the variance: the best of Adult reaches AUC 0.78, the best of Bike (a true leak in parts) R2 0.95.
# Some do (a thermometer beside a thermometer): the finding says "gives away", a person decides.
AUC_LIMIT = 0.995
R2_LIMIT = 0.995
SAMPLE_ROWS = 20_000
FOLDS = 5
MIN_ROWS = 30
MIN_REPEATS = 2.0  # rows for each distinct value before "one value, one target" means anything


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. ``score`` is AUC or R2 of the column alone, 1 for what is exact, None for id and constant.

    Kinds: *identity* (a linear formula of the columns is the target on every row), *mapping* (each value goes
    with one target value), *score* (the column alone predicts the target almost perfectly), *id*
    (every value is different, or a row counter), *constant* (one value only). The last two give
    nothing away; they are no use as inputs and an id can be learned by heart.
    """

    columns: tuple[str, ...]
    kind: LeakKind
    score: float | None
    sentence: str

    @property
    def gives_away(self) -> bool:
        """Say whether it tells the target, and is not merely useless."""
        return self.kind in {"identity", "mapping", "score"}


def find_leaks(
    table: Table,
    target: str,
    *,
    columns: Sequence[str] | None = None,
    task: Task | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Leak, ...]:
    """Name every leak among the columns (all but the target, unless given), the gravest kinds first.

    Rows without a target are left aside; single columns are scored on a seeded sample of
    at most ``SAMPLE_ROWS`` rows, exact findings are verified on all rows. Products, ratios,
    and sums of four or more columns are not looked for.
    """
    known = np.flatnonzero(table.present(target))
    table = table.take(known)
    names = [name for name in (columns or table.columns) if name != target]
    task = task or guess_task(table.column(target))
    found = _identities(table, target, names, seed, progress) if table.kinds[target] == "number" else []
    settled = {leak.columns[0] for leak in found if len(leak.columns) == 1}
    sampled = np.random.default_rng(seed).permutation(table.rows)[:SAMPLE_ROWS]
    sample = table.take(sampled)
    for done, name in enumerate(names, start=1):
        progress(_("Look at each column alone"), done, len(names))
        if name not in settled:
            found += _alone(table, sample, target, name, task)
    order = ("identity", "mapping", "score", "id", "constant")
    return tuple(sorted(found, key=lambda leak: order.index(leak.kind)))


def _identities(table: Table, target: str, names: Sequence[str], seed: int, progress: Progress) -> list[Leak]:
    numbers = {name: table.columns[name] for name in names if table.kinds[name] == "number"}
    return [
        Leak(
            columns=identity.columns,
            kind="identity",
            score=1.0,
            sentence=_("On every row {formula}.", formula=identity.formula(target)),
        )
        for identity in find_identities(table.columns[target], numbers, seed=seed, progress=progress)
    ]


def _alone(table: Table, sample: Table, target: str, name: str, task: Task) -> list[Leak]:
    column = table.column(name)
    known = column[present(column)]
    distinct = np.unique(known)
    if len(distinct) < 2 and len(known) in {0, table.rows}:
        sentence = _("Column {column} holds one value only.", column=name)
        return [Leak(columns=(name,), kind="constant", score=None, sentence=sentence)]
    if _is_id(known, distinct, len(column)):
        sentence = _("Column {column} is different on every row: it names rows and says nothing.", column=name)
        return [Leak(columns=(name,), kind="id", score=None, sentence=sentence)]
    if _maps_to_target(column, table.column(target), len(distinct)):
        sentence = _("Each value of {column} goes with one value of {target}.", column=name, target=target)
        return [Leak(columns=(name,), kind="mapping", score=1.0, sentence=sentence)]
    score = _score(sample.column(name), sample.column(target), task)
    if score is None or score < (AUC_LIMIT if task == "classification" else R2_LIMIT):
        return []
    return [Leak(columns=(name,), kind="score", score=score, sentence=_score_sentence(name, target, score, task))]


def _score_sentence(name: str, target: str, score: float, task: Task) -> str:
    if task == "classification":
        return _(
            "Column {column} alone gives {target} away (AUC {score:.4f}).", column=name, target=target, score=score
        )
    return _("Column {column} alone gives {target} away (R2 {score:.4f}).", column=name, target=target, score=score)


def _is_id(known: Array, distinct: Array, rows: int) -> bool:
    """Say whether a text or whole-number column is different on each of its (at least 30) rows."""
    if len(known) < max(MIN_ROWS, rows // 2) or len(distinct) < len(known) or known.dtype.kind == "M":
        return False
    return known.dtype == object or bool((known == np.rint(known)).all())


def _maps_to_target(column: Array, target: Array, distinct: int) -> bool:
    """Say whether every value, each on two rows or more on average, goes with one target value only."""
    labels, answers = labels_of(column), labels_of(target)
    if len(column) < MIN_ROWS or len(column) < MIN_REPEATS * distinct or len(np.unique(answers)) < 2:
        return False
    first: dict[object, object] = {}
    return all(first.setdefault(value, answer) == answer for value, answer in zip(labels, answers, strict=True))


def _score(column: Array, target: Array, task: Task) -> float | None:
    """Return cross-validated AUC (mean over classes, each against the rest) or R2 of one column; None if undefined."""
    if len(target) < MIN_ROWS:
        return None
    folds = np.random.default_rng(0).permutation(len(target)) % FOLDS
    if task == "regression":
        return _r2(target, _out_of_fold(column, target[:, None], folds)[:, 0])
    labels = labels_of(target)
    classes = [name for name, n in zip(*np.unique(labels, return_counts=True), strict=True) if n >= FOLDS]
    wanted = np.stack([labels == name for name in classes], axis=1).astype(float)
    predicted = _out_of_fold(column, wanted, folds)
    return _mean_auc(wanted, predicted)


def _r2(target: Floats, predicted: Floats) -> float | None:
    spread = float(((target - target.mean()) ** 2).sum())
    return 1 - float(((target - predicted) ** 2).sum()) / spread if spread > 0 else None


def _mean_auc(wanted: Floats, predicted: Floats) -> float | None:
    from sklearn.metrics import roc_auc_score

    scores = [
        roc_auc_score(wanted[:, k], predicted[:, k]) for k in range(wanted.shape[1]) if 0 < wanted[:, k].mean() < 1
    ]
    return float(np.mean(scores)) if scores else None


def _out_of_fold(column: Array, wanted: Floats, folds: Ints) -> Floats:
    """Predict each fold (rows x outputs) from the others: mean of a category, leaf of a shallow tree on numbers."""
    predicted = np.empty_like(wanted)
    for fold in range(FOLDS):
        train, test = folds != fold, folds == fold
        predict = _category_means if column.dtype == object else _tree
        predicted[test] = predict(column[train], wanted[train], column[test])
    return predicted


def _category_means(column: Array, wanted: Floats, asked: Array) -> Floats:
    """Predict by the mean of the category; one never seen gets the overall mean."""
    distinct, codes = np.unique([value or "" for value in column], return_inverse=True)
    sums = np.stack([np.bincount(codes, weights=wanted[:, k]) for k in range(wanted.shape[1])], axis=1)
    means = sums / np.bincount(codes)[:, None]
    place = dict(zip(distinct.tolist(), means, strict=True))
    overall = wanted.mean(axis=0)
    return np.stack([place.get(value or "", overall) for value in asked])


def _tree(column: Array, wanted: Floats, asked: Array) -> Floats:
    """Predict by a tree of at most 256 leaves; missing is a value of its own, as it may tell the target too."""
    from sklearn.tree import DecisionTreeRegressor

    tree = DecisionTreeRegressor(max_leaf_nodes=256, min_samples_leaf=3, random_state=0)
    tree.fit(_numbers(column), wanted)
    return np.asarray(tree.predict(_numbers(asked)), dtype=np.float64).reshape(len(asked), wanted.shape[1])


def _numbers(column: Array) -> Floats:
    if column.dtype.kind == "M":
        seconds = column.astype("datetime64[s]").astype(np.float64)
        seconds[np.isnat(column)] = np.nan
        column = seconds
    return column.reshape(-1, 1)
