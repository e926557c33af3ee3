"""Folds of the training rows, made as the test part was: by chance, by class, by group, or forward in time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mlops_desk.science.split import SplitKind
from mlops_desk.science.table import Array, Ints, labels_of


class Fold(NamedTuple):
    """Ascending positions within the training rows to fit on and to check on."""

    fit: Ints
    check: Ints


def make_folds(kind: SplitKind, target: Array, by: Array | None, k: int, seed: int) -> list[Fold]:
    """Return up to ``k`` folds. ``target`` are class codes (kept in proportion) or amounts; ``by`` the time or group.

    Forward in time each fold fits on all that came before what it checks on. Where times or
    groups are too few to part, the folds are random.
    """
    if kind == "time" and by is not None and len(np.unique(by)) > k:
        return _forward(by, k)
    if kind == "group" and by is not None and (groups := len(np.unique(labels_of(by).astype(str)))) > 1:
        return _of_numbers(_by_group(by, min(k, groups), seed))
    return _of_numbers(_dealt(target, k, seed))


def _of_numbers(number: Ints) -> list[Fold]:
    return [Fold(np.flatnonzero(number != n), np.flatnonzero(number == n)) for n in range(int(number.max()) + 1)]


def _dealt(target: Array, k: int, seed: int) -> Ints:
    """Deal rows in turn in random order, class by class."""
    order = np.random.default_rng(seed).permutation(len(target))
    if target.dtype.kind == "i":
        order = order[np.argsort(target[order], kind="stable")]
    number = np.empty(len(target), dtype=np.int64)
    number[order] = np.arange(len(target)) % k
    return number


def _by_group(by: Array, k: int, seed: int) -> Ints:
    """Give whole groups, the largest first, to the fold with the fewest rows so far."""
    _names, codes, sizes = np.unique(labels_of(by).astype(str), return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros(k, dtype=np.int64)
    fold_of = np.empty(len(sizes), dtype=np.int64)
    for group in order:
        fold_of[group] = np.argmin(filled)
        filled[fold_of[group]] += sizes[group]
    numbers: Ints = fold_of[codes]
    return numbers


def _forward(by: Array, k: int) -> list[Fold]:
    """Cut the times into k + 1 blocks of about as many rows; check on each but the first."""
    _times, codes, sizes = np.unique(by, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - sizes / 2
    block = np.minimum((middle * (k + 1) / len(by)).astype(np.int64), k)[codes]
    folds = [Fold(np.flatnonzero(block < n), np.flatnonzero(block == n)) for n in range(1, k + 1)]
    return [fold for fold in folds if len(fold.fit) and len(fold.check)]
