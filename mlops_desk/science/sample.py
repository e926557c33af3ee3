"""The sample: twelve months of loan decisions from a seed, with planted facts that the desk must find.

Planted: an approval gap of about 0.20 between women and men; ``approved_amount`` gives the outcome away;
``mail`` holds addresses; sixty exact duplicates; "?" and "n/a" stand for missing; from month nine incomes are
higher (a PSI of about 0.3) and the bank decides otherwise than before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

MONTHS, ROWS_A_MONTH, DUPLICATES = 12, 2_000, 60
CHANGE_MONTH = 9
FIRST_NAMES = ("Ana", "Ben", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kim", "Lea")
LAST_NAMES = ("Abe", "Berg", "Costa", "Diaz", "Eriksen", "Fischer", "Garcia", "Haas", "Ivanova", "Jung", "Khan", "Lima")
REGIONS = ("north", "east", "south", "west", "centre")
JOBS = ("employed", "self-employed", "retired", "student", "?")
CHANNELS = ("branch", "web", "phone")


class SampleJob(msgspec.Struct, frozen=True, kw_only=True):
    """Where to write the files, and the seed."""

    folder: str
    seed: int = 7


class SampleFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files written: the first eight months, all twelve, and the last four as they came in."""

    first: str
    whole: str
    recent: str
    rows: int


def make_sample(job: SampleJob, progress: Progress) -> SampleFiles:
    """Write the sample as CSV files."""
    progress(_("Make the sample data"), 0, 0)
    rows = _rows(np.random.default_rng(job.seed))
    folder = Path(job.folder)
    month = rows.pop("month")
    made = SampleFiles(
        first=_write(folder / "loans-months-1-8.csv", rows, month < CHANGE_MONTH),
        whole=_write(folder / "loans-months-1-12.csv", rows, month > 0),
        recent=_write(folder / "loans-months-9-12.csv", rows, month >= CHANGE_MONTH),
        rows=len(month),
    )
    progress(_("Make the sample data"), 1, 1)
    return made


def _rows(chance: np.random.Generator) -> dict[str, Any]:
    n = MONTHS * ROWS_A_MONTH
    month = np.repeat(np.arange(1, MONTHS + 1), ROWS_A_MONTH)
    is_late = month >= CHANGE_MONTH
    is_woman = chance.random(n) < 0.45
    age = np.clip(chance.normal(41, 12, n), 18, 80).round().astype(int)
    income = np.exp(chance.normal(10.45, 0.42, n) - 0.3 * is_woman + 0.24 * is_late).round(-1)
    amount = np.exp(chance.normal(9.4, 0.6, n)).round(-2)
    score = np.clip(chance.normal(650, 85, n) - 20 * is_woman, 300, 850).round()
    defaults = chance.poisson(0.25, n)
    job = chance.choice(JOBS, n, p=(0.62, 0.16, 0.1, 0.07, 0.05))
    strength = (score - 640) / 85
    wealth = np.log(income / 34_000) - 0.5 * np.log(amount / 12_000)
    early = 1.1 * strength + 1.4 * wealth - 0.9 * defaults
    late = 0.35 * strength + 0.5 * wealth - 2.2 * defaults - 0.03 * (age - 41)
    wish = np.where(is_late, late, early) - 0.3 * is_woman + 0.35 + chance.logistic(0, 0.55, n)
    approved = wish > 0
    names = [(FIRST_NAMES[a], LAST_NAMES[b]) for a, b in chance.integers(0, 12, (n, 2))]
    number = np.arange(n)
    rows = {
        "month": month,
        "application": np.char.add("L", np.char.zfill((100_000 + number).astype(str), 6)),
        "applied_on": _days(chance, month),
        "applicant": np.array([f"{first} {last}" for first, last in names]),
        "mail": np.array([f"{first.lower()}.{last.lower()}{k}@example.org" for k, (first, last) in enumerate(names)]),
        "age": age,
        "sex": np.where(is_woman, "female", "male"),
        "region": np.where(chance.random(n) < 0.02, "n/a", chance.choice(REGIONS, n)),
        "job": job,
        "income": np.where(chance.random(n) < 0.02, "", income.astype(int).astype(str)),
        "amount": amount.astype(int),
        "term_months": chance.choice((12, 24, 36, 48, 60), n),
        "credit_score": score.astype(int),
        "past_defaults": defaults,
        "channel": chance.choice(CHANNELS, n, p=(0.3, 0.55, 0.15)),
        "approved_amount": np.where(approved, amount, 0).astype(int),
        "decision": np.where(approved, "approved", "declined"),
    }
    again = np.sort(chance.choice(n // 2, DUPLICATES, replace=False))
    order = np.argsort(np.concatenate([number, again + 0.5]), kind="stable")
    return {name: np.concatenate([values, values[again]])[order] for name, values in rows.items()}


def _days(chance: np.random.Generator, month: Any) -> Any:
    day = chance.integers(1, 29, len(month))
    return np.array([f"2025-{m:02d}-{d:02d}" for m, d in zip(month, day, strict=True)])


def _write(path: Path, rows: dict[str, Any], which: Any) -> str:
    columns = [np.asarray(values)[which].astype(str) for values in rows.values()]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(rows) + "\n")
        file.writelines(",".join(cells) + "\n" for cells in zip(*columns, strict=True))
    return str(path)
