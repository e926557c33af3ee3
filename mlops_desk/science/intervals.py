"""Intervals for shares, their differences and their ratios, by formula."""

from __future__ import annotations

import math

Z95 = 1.959963984540054  # the 97.5 % point of the normal distribution


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share ``count / of`` (Wilson 1927); (0, 1) where ``of`` is 0."""
    if of == 0:
        return 0.0, 1.0
    share, square = count / of, Z95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z95 / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of**2))
    return (0.0 if count == 0 else middle - half), (1.0 if count == of else middle + half)


def newcombe(count_1: int, of_1: int, count_2: int, of_2: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two shares, first minus second (Newcombe 1998, method 10)."""
    share_1, share_2 = count_1 / of_1, count_2 / of_2
    (low_1, high_1), (low_2, high_2) = wilson(count_1, of_1), wilson(count_2, of_2)
    difference = share_1 - share_2
    below = math.hypot(share_1 - low_1, high_2 - share_2)
    above = math.hypot(high_1 - share_1, share_2 - low_2)
    return difference - below, difference + above


def log_ratio(count_1: int, of_1: int, count_2: int, of_2: int) -> tuple[float, float]:
    """Return the 95 % interval of the ratio of two shares, first over second (Katz 1978).

    Half a case is added to each count where one of them is 0 (Walter 1975).
    """
    half = 0.0 if count_1 and count_2 else 0.5
    x_1, n_1, x_2, n_2 = count_1 + half, of_1 + half, count_2 + half, of_2 + half
    middle = math.log((x_1 / n_1) / (x_2 / n_2))
    spread = Z95 * math.sqrt(max(1 / x_1 - 1 / n_1 + 1 / x_2 - 1 / n_2, 0.0))
    return math.exp(middle - spread), math.exp(middle + spread)
