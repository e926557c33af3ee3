"""Write the pages of docs/ that are made from the code, or with --check only see whether they are current."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mlops_desk.catalogue import AREAS, RULES  # noqa: E402 - after the checkout is on the path
from mlops_desk.cli import commands  # noqa: E402
from mlops_desk.cli.parser import option  # noqa: E402
from mlops_desk.kernel.listing import Listing  # noqa: E402
from mlops_desk.kernel.record import Fact, Field, Noun, Record, fields_of, table_of  # noqa: E402
from mlops_desk.projection.views import columns  # noqa: E402

MADE = "<!-- made by packaging/docs.py; do not edit -->\n"
EVERYWHERE = (
    "Everywhere: `--project FOLDER`, `--json`, `--as ROLE`, `--debug`. "
    "Exit: 0 done, 1 refused or findings, 2 misuse, 70 a bug. "
    "Ids may be shortened or replaced by names where those are unique. "
    "Every table also takes `--output FILE` and `--format csv|excel-csv|parquet`.\n"
)
ABOUT_VIEWS = (
    "What `mlops-desk ask` and the SQL of KPIs may read. Times are UTC; lists and structures are JSON texts; "
    "withdrawn facts are left out.\n"
)


def commands_page() -> str:
    """Return docs/commands.md."""
    parts = [
        "# Commands\n",
        MADE,
        EVERYWHERE,
        "## About the whole project\n",
    ]
    parts += [f"- `mlops-desk {' '.join(words)}`: {text}\n" for words, text, _fill in commands.COMMANDS]
    for area in AREAS:
        parts.append(f"\n## {area.title}\n")
        parts += [_table(listing) for listing in area.listings]
        for act in area.acts:
            parts.append(f"\n### mlops-desk {' '.join(act.command)}\n\n{_first_line(act)}\n\n")
            parts += [_argument(field) for field in fields_of(act)]
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _table(listing: Listing) -> str:
    return f"- `mlops-desk {' '.join(listing.words)}`: the table “{listing.title}”.\n"


def _first_line(thing: type) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]


def _argument(field: Field) -> str:
    name = field.name.upper() if field.about.positional else option(field)
    values = f" ({', '.join(field.choices)})" if field.choices else ""
    need = "" if field.required else ", optional"
    return f"- `{name}`{values}{need}: {field.help}\n"


def views_page() -> str:
    """Return docs/views.md."""
    parts = [
        "# Views\n",
        MADE,
        ABOUT_VIEWS,
    ]
    for name, noun in RULES.nouns.items():
        parts.append(f"\n## {table_of(name)}\n\n{_first_line(noun)}\n\n")
        helps = {field.name: field.help for field in fields_of(noun)}
        parts += [f"- `{column}`: {helps[column] or _usual(noun, column)}\n" for column in columns(noun)]
    return "".join(parts)


def _usual(noun: type[Noun], column: str) -> str:
    if issubclass(noun, Record | Fact) and column.endswith("_by"):
        return "Id of the member."
    return {
        "contested": "Fields that have two versions made apart.",
        "recorded_as": "The role they acted in.",
        "withdrawn": "Why it was withdrawn; empty here.",
    }.get(column, "Instant, UTC.")


PAGES = {"docs/commands.md": commands_page, "docs/views.md": views_page}


def main() -> int:
    """Write the pages, or say which are not current."""
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is not current: run `python packaging/docs.py`")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
