"""Exact linear identities: a target that is a sum of up to three other columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np

from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.table import Array, Floats

SAMPLE_ROWS = 256
BATCH = 4096
LOOSE = 1e-6  # share of the target's variance a sample may leave unexplained and still be looked at closely
EXACT = 1e-9  # largest error on any row, as a share of the largest term
MIN_ROWS = 10


class Identity(NamedTuple):
    """target = constant + sum of coefficient x column, on every row where all of them are present."""

    columns: tuple[str, ...]
    coefficients: tuple[float, ...]
    constant: float

    def formula(self, target: str) -> str:
        """Write it as people do: ``cnt = casual + registered``."""
        terms = [_term(value, name) for value, name in zip(self.coefficients, self.columns, strict=True)]
        if self.constant:
            terms.append(f"{'-' if self.constant < 0 else '+'} {abs(self.constant):.6g}")
        joined = " ".join(terms)
        return f"{target} = {joined.removeprefix('+ ')}"


def find_identities(
    target: Floats, columns: dict[str, Floats], *, seed: int = 0, progress: Progress = silent
) -> list[Identity]:
    """Find every smallest set of one to three columns that gives the target by a linear formula.

    Each set is fitted by least squares on a seeded sample; those that leave (almost) nothing
    unexplained are fitted on all rows and kept only if no row is off by more than
    ``EXACT``. A set that contains a found one adds nothing and is not named again. Work grows
    with the cube of the number of columns: about 1 s for 100, 30 s for 300.
    """
    sample = _Sample.of(target, columns, seed)
    found: list[Identity] = []
    for size in (1, 2, 3):
        for names in _promising(sample, size, progress):
            if any(set(one.columns) <= set(names) for one in found):
                continue
            identity = _verified(target, {name: columns[name] for name in names})
            if identity is not None:
                found.append(identity)
    return found


class _Sample(NamedTuple):
    """Standardised columns of a sample of rows, with 0 where a value is missing, and a mask."""

    names: tuple[str, ...]
    values: Floats  # rows x columns
    known: Floats  # rows x columns, 1 where present
    target: Floats  # rows

    @classmethod
    def of(cls, target: Floats, columns: dict[str, Floats], seed: int) -> _Sample:
        rows = np.flatnonzero(~np.isnan(target))
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(rows, min(SAMPLE_ROWS, len(rows)), replace=False))
        names = tuple(columns)
        raw = np.column_stack([columns[name][rows] for name in names]) if names else np.empty((len(rows), 0))
        known = ~np.isnan(raw)
        filled = np.where(known, raw, 0.0)
        counts = np.maximum(known.sum(axis=0), 1)
        centred = np.where(known, raw - filled.sum(axis=0) / counts, 0.0)
        scale = np.sqrt((centred**2).sum(axis=0) / counts)
        return cls(names, centred / np.where(scale > 0, scale, 1.0), known.astype(float), _standard(target[rows]))


def _standard(values: Floats) -> Floats:
    centred = values - values.mean()
    scale = centred.std()
    standard: Floats = centred / scale if scale > 0 else centred
    return standard


def _promising(sample: _Sample, size: int, progress: Progress) -> Iterator[tuple[str, ...]]:
    """Yield the sets of this size that explain the target on the sample."""
    count = len(sample.names)
    sets = combinations(range(count), size)
    total = _binomial(count, size)
    done = 0
    while batch := list(islice(sets, BATCH)):
        chosen = np.array(batch, dtype=np.int64)
        for good in chosen[_unexplained(sample, chosen) < LOOSE]:
            yield tuple(sample.names[index] for index in good)
        done += len(batch)
        progress(_("Look for columns that add up to the target"), done, total)


def _binomial(n: int, k: int) -> int:
    return int(np.prod([n - i for i in range(k)], dtype=object)) // {1: 1, 2: 2, 3: 6}[k] if n >= k else 0


def _unexplained(sample: _Sample, chosen: Array) -> Floats:
    """Return for each set the share of the target's variance that least squares leaves (1 if too few rows)."""
    weight = sample.known[:, chosen].prod(axis=2).T  # sets x rows: 1 where all columns are present
    design = np.concatenate(
        [np.ones((len(chosen), len(sample.target), 1)), sample.values[:, chosen].transpose(1, 0, 2)], axis=2
    )
    design *= weight[:, :, None]
    answer = weight * sample.target
    gram = design.transpose(0, 2, 1) @ design
    size = gram.shape[1]
    gram += np.eye(size) * (1e-10 * np.trace(gram, axis1=1, axis2=2)[:, None, None] + 1e-300)
    moment = (design * answer[:, :, None]).sum(axis=1)
    fitted = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
    left = ((answer - np.einsum("srk,sk->sr", design, fitted)) ** 2).sum(axis=1)
    spread = (answer**2).sum(axis=1) - answer.sum(axis=1) ** 2 / np.maximum(weight.sum(axis=1), 1)
    judged = (weight.sum(axis=1) >= MIN_ROWS) & (spread > 1e-12)
    return np.where(judged, left / np.where(judged, spread, 1.0), 1.0)


def _verified(target: Floats, columns: dict[str, Floats]) -> Identity | None:
    """Fit on all complete rows; keep the formula only if it holds on each, and needs every column."""
    matrix = np.column_stack(list(columns.values()))
    complete = ~np.isnan(matrix).any(axis=1) & ~np.isnan(target)
    matrix, answer = matrix[complete], target[complete]
    if len(answer) < MIN_ROWS:
        return None
    centre, scale = matrix.mean(axis=0), matrix.std(axis=0)
    if not (scale > 0).all():
        return None
    middle = answer.mean()
    fitted = np.linalg.lstsq((matrix - centre) / scale, answer - middle, rcond=None)[0]
    if (np.abs(fitted) < LOOSE * answer.std()).any():
        return None
    coefficients = _rounded(fitted / scale)
    constant = float(middle - centre @ coefficients)
    largest = max(float(np.abs(matrix * coefficients).max()), float(np.abs(answer).max()))
    constant = round(constant) if abs(constant - round(constant)) < EXACT * largest else constant
    error = np.abs(matrix @ coefficients + constant - answer).max()
    if error > EXACT * largest:
        return None
    return Identity(tuple(columns), tuple(coefficients.tolist()), float(constant))


def _rounded(coefficients: Floats) -> Floats:
    """Snap a fitted coefficient to the whole number or short decimal it is within 1e-9 of."""
    short = np.round(coefficients, 6)
    near = np.abs(coefficients - short) <= 1e-9 * np.maximum(np.abs(coefficients), 1e-3)
    return np.where(near, short, coefficients)


def _term(coefficient: float, name: str) -> str:
    size = abs(coefficient)
    factor = "" if size == 1 else f"{size:.6g} x "
    return f"{'-' if coefficient < 0 else '+'} {factor}{name}"
