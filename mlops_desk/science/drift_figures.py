"""The measures of drift: PSI, Kolmogorov-Smirnov, Wasserstein, chi-squared, Jensen-Shannon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from mlops_desk.science.column_figures import Counted, finite_part, moments
from mlops_desk.science.reference import NumericReference, bin_counts, ordered_floats, part_starts

if TYPE_CHECKING:
    import numpy as np

LEAST_SHARE = 1e-4
PSI_CATEGORIES = 50
NAMED = 20


class NumericDrift(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of numbers against their reference.

    ``psi`` is exact for its bins. ``ks`` is at most ``ks_error`` too small; ``wasserstein`` (in the
    column's unit, finite values only, None where it leaves the range of doubles) is too small by
    at most ``wasserstein_error``. ``mean_shift`` is in standard deviations of the reference.
    """

    psi: float
    bins: int
    ks: float
    ks_error: float
    wasserstein: float | None
    wasserstein_error: float
    mean_reference: float | None
    mean_current: float | None
    mean_shift: float | None


class CategoryDrift(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of texts against their reference.

    ``psi`` is over the reference's 50 most frequent values, the rest, and the new ones.
    ``chi2`` is Pearson's statistic of the 2 x k table, ``cramers_v`` its effect size (0 to 1);
    ``js`` is the Jensen-Shannon distance to base 2 (0 to 1).
    """

    psi: float
    bins: int
    chi2: float
    degrees_of_freedom: int
    cramers_v: float
    js: float
    new: tuple[Counted, ...]
    new_share: float
    gone: tuple[str, ...]


def psi(reference: np.ndarray, current: np.ndarray) -> float:
    """Return the population stability index of two arrays of shares, both clipped at 1e-4.

    PSI = sum((c - r) ln(c / r)), Siddiqi 2006; never negative, 0 for equal shares.
    """
    import numpy as np

    before, after = np.maximum(reference, LEAST_SHARE), np.maximum(current, LEAST_SHARE)
    return float(np.sum((after - before) * np.log(after / before)))


def numeric_drift(reference: NumericReference, values: np.ndarray) -> NumericDrift:
    """Compare ascending values without NaN (at least one) with a reference."""
    import numpy as np

    floats = ordered_floats(values)
    counts = bin_counts(floats, np.asarray(reference.edges))
    shares = np.asarray(reference.shares)
    grid, size = np.asarray(reference.grid), len(floats)
    below, upto = np.asarray(reference.below), np.asarray(reference.upto)
    gap = np.abs(below / reference.n - np.searchsorted(floats, grid, "left") / size)
    gap_after = np.abs(upto / reference.n - np.searchsorted(floats, grid, "right") / size)
    between = (below[1:] - upto[:-1]).max(initial=0) / reference.n
    finite = finite_part(values.astype(np.float64, copy=False))
    mean, _std = moments(finite) if len(finite) else (None, None)
    wasserstein, wasserstein_error = _wasserstein(reference, finite)
    is_scaled = mean is not None and reference.mean is not None and bool(reference.std)
    return NumericDrift(
        psi=psi(shares, counts / size),
        bins=int(np.count_nonzero((shares > 0) | (counts > 0))),
        ks=float(max(gap.max(), gap_after.max())),
        ks_error=float(between),
        wasserstein=wasserstein,
        wasserstein_error=wasserstein_error,
        mean_reference=reference.mean,
        mean_current=mean,
        mean_shift=(mean - reference.mean) / reference.std if is_scaled else None,  # type: ignore[operator]
    )


def _wasserstein(reference: NumericReference, finite: np.ndarray) -> tuple[float | None, float]:
    """Return the distance of the two quantile functions, and the bound of its error.

    W1 = integral over u of |G(u) - R(u)| (Vallender 1974). Where the reference's parts are single values (no blur) it
    is exact. Else the means of equal parts of both are compared: against steps, the spread inside each part would
    count as distance (40 % too much on heavy tails); so it is at most the blur of both sides too small.
    """
    import numpy as np

    if not reference.means or not len(finite):
        return None, reference.blur
    means, size = np.asarray(reference.means), len(finite)
    cuts = np.append(part_starts(reference.finite, len(means)), reference.finite) * (size / reference.finite)
    with np.errstate(all="ignore"):
        centre = means[len(means) // 2]
        sums = np.concatenate(([0.0], np.cumsum(finite - centre)))
        start, stop = cuts[:-1], np.minimum(cuts[1:], size)
        at_start, at_stop = (_summed(sums, finite, centre, each) for each in (start, stop))
        inner = (at_stop - at_start) / (stop - start)
        blur = _spread(sums, finite, centre, inner, start, stop) / size if reference.blur else 0.0
        if reference.blur:
            total = float(np.sum(np.abs(inner - (means - centre)) * (stop - start))) / size
        else:
            total = _spread(sums, finite, centre, means - centre, start, stop) / size
    if not math.isfinite(total) or not math.isfinite(blur):
        return None, reference.blur
    return max(total, 0.0), reference.blur + max(blur, 0.0)


def _spread(
    sums: np.ndarray, finite: np.ndarray, centre: float, steps: np.ndarray, start: np.ndarray, stop: np.ndarray
) -> float:
    """Return the sum of the distances of the values from the (centred) step of their part."""
    import numpy as np

    cross = np.clip(np.searchsorted(finite, steps + centre), start, stop)
    at_start, at_cross, at_stop = (_summed(sums, finite, centre, each) for each in (start, cross, stop))
    return float(np.sum(steps * (2 * cross - start - stop) + at_start + at_stop - 2 * at_cross))


def _summed(sums: np.ndarray, finite: np.ndarray, centre: float, at: np.ndarray) -> np.ndarray:
    """Return the sum of the first ``at`` (a fraction too) centred values."""
    import numpy as np

    whole = np.floor(at).astype(np.int64)
    rest = at - whole
    summed: np.ndarray = sums[whole] + rest * (finite[np.minimum(whole, len(finite) - 1)] - centre)
    return summed


def category_drift(reference: Sequence[Counted], current: Sequence[Counted], present: int) -> CategoryDrift:
    """Compare counted values; ``present`` counts current rows, also of values that are not listed."""
    import numpy as np

    before = {each.value: each.count for each in reference}
    after = {each.value: each.count for each in current}
    new = sorted((each for each in current if each.value not in before), key=lambda each: (-each.count, each.value))
    known = np.array([after.get(value, 0) for value in before], dtype=np.float64)
    counts = np.array(list(before.values()), dtype=np.float64)
    unlisted = present - known.sum() - sum(each.count for each in new)
    extra = [float(each.count) for each in new] + ([float(unlisted)] if unlisted > 0 else [])
    one, two = np.append(counts, np.zeros(len(extra))), np.append(known, extra)
    chi2 = _chi2(one, two)
    shares, now = _merged(counts, known, present)
    return CategoryDrift(
        psi=psi(shares, now),
        bins=int(np.count_nonzero((shares > 0) | (now > 0))),
        chi2=chi2,
        degrees_of_freedom=len(one) - 1,
        cramers_v=math.sqrt(chi2 / (one.sum() + two.sum())) if len(one) > 1 else 0.0,
        js=_js(one / one.sum(), two / two.sum()),
        new=tuple(new[:NAMED]),
        new_share=(present - float(known.sum())) / present,
        gone=tuple(value for value in before if value not in after)[:NAMED],
    )


def _merged(counts: np.ndarray, known: np.ndarray, present: int) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    top = PSI_CATEGORIES
    shares = np.concatenate((counts[:top], [counts[top:].sum(), 0.0])) / counts.sum()
    now = np.concatenate((known[:top], [known[top:].sum(), present - known.sum()])) / present
    return shares, now


def _chi2(one: np.ndarray, two: np.ndarray) -> float:
    """Return Pearson's chi-squared of two rows of counts, of which no column is empty."""
    both, total = one + two, one.sum() + two.sum()
    expected = [both * row.sum() / total for row in (one, two)]
    return sum(float(((row - wanted) ** 2 / wanted).sum()) for row, wanted in zip((one, two), expected, strict=True))


def _js(one: np.ndarray, two: np.ndarray) -> float:
    import numpy as np

    middle = (one + two) / 2
    with np.errstate(all="ignore"):
        left = np.where(one > 0, one * np.log2(one / middle), 0.0).sum()
        right = np.where(two > 0, two * np.log2(two / middle), 0.0).sum()
    return math.sqrt(max(float(left + right) / 2, 0.0))
