"""The report on paper: PDF by typst, tagged for readers of all kinds, the same bytes for the same content."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from mlops_desk.areas.reports import carried, content
from mlops_desk.areas.reports.content import Cell, Column, Plot, Report, Section, Shown, Table
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _, plural

WIDEST_NUMBER = 16  # letters; a column of numbers with more under them shares the page like texts
LONGEST_RUN = 22  # letters without a place to break a line
UNSHOWN = "□"
PAPERS = {"a4": "a4", "letter": "us-letter"}  # as typst calls them
_LONG_RUN = re.compile(rf"[^\s\u200b\u00ad-]{{{LONGEST_RUN},}}")


def paper(report: Report, progress: Progress = silent) -> bytes:
    """Return the report as PDF/UA-1. Its strings are data to typst, never markup."""
    cut = content.for_paper(report)
    drawn = _content(cut, progress)
    progress(_("Set the pages"), 0, 0)
    return _set(drawn, carried.json_of(cut))


def _set(drawn: dict[str, Any], whole: str) -> bytes:
    """Set the pages; where the desk's own fonts lack letters, those of the machine may help out."""
    text = msgspec.json.encode(drawn).decode()
    missing = {letter for letter in set(text) if ord(letter) not in _letters()}
    if not missing:
        return _compile(text, whole, is_closed=True)
    import typst

    try:
        return _compile(text, whole, is_closed=False)
    except typst.TypstError:
        drawn["footnote"] = _("□ stands for letters that no font here has; the HTML form shows them.")
        table = dict.fromkeys(map(ord, missing), UNSHOWN)
        return _compile(msgspec.json.encode(drawn).decode().translate(table), whole, is_closed=True)


def _compile(text: str, whole: str, *, is_closed: bool) -> bytes:
    import typst

    compile_: Any = typst.compile  # its stubs ask for one type of input, root and fonts
    with tempfile.TemporaryDirectory(prefix="mlops-desk-") as empty:  # typst may read files below its root: none
        made: bytes = compile_(
            resource("reports/kpi.typ").read_bytes(),
            root=empty,
            font_paths=[resource("fonts"), _more_fonts()],
            ignore_system_fonts=is_closed,
            package_path=empty,
            package_cache_path=empty,
            sys_inputs={"data": text, "content": whole},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    return made


def _more_fonts() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def _letters() -> frozenset[int]:
    """Return the letters that Inter and DejaVu Sans have."""
    from matplotlib.ft2font import FT2Font

    found: set[int] = {0x200B, 0xAD}
    for file in (resource("fonts/Inter-Regular.otf"), _more_fonts() / "DejaVuSans.ttf"):
        found |= set(FT2Font(str(file)).get_charmap())
    return frozenset(found)


# --- content in the shape of the template --------------------------------------------------------


def printable(words: str, longest: int = content.LONGEST_TEXT) -> str:
    """Return a text that fits on a page: on one line as it comes, and without endless words."""
    flat = " ".join(content.readable(words, longest).split())
    return _LONG_RUN.sub(lambda run: "\u200b".join(_pieces(run.group())), flat)


def _pieces(run: str) -> Iterable[str]:
    return (run[at : at + LONGEST_RUN // 2] for at in range(0, len(run), LONGEST_RUN // 2))


def _content(report: Report, progress: Progress) -> dict[str, Any]:
    day = content.day_words(report.as_of)
    plots = [plot for section in report.sections for plot in section.plots]
    drawings = {}
    for done, plot in enumerate(plots):
        progress(_("Draw"), done, len(plots))
        drawings[id(plot)] = _plot(plot)
    return {
        "colours": _colours(),
        "name": content.readable(f"{report.title}: {report.project}", 120),
        "title": report.title,
        "project": printable(report.project, 200),
        "purpose": printable(report.purpose),
        "as_of": _("As of {day}", day=day),
        "made": _("made {at}", at=content.moment_words(report.made_at)),
        "stands": _("How it stands"),
        "sentences": [_shown(each) for each in report.sentences],
        "counts": [{**_shown(each.state), "number": content.number(each.number)} for each in report.counts],
        "not_known_title": _("What is not known"),
        "not_known": [printable(each) for each in report.not_known]
        or [_("Nothing that this report asks for is missing.")],
        "sections": [_section(each, drawings) for each in report.sections],
        "made_from": _("Made from"),
        "made_from_text": _(
            "This report was made from signed journals; it holds what was recorded by the end of {day}. "
            "With the project at hand, “mlops-desk report verify” checks this file, “mlops-desk verify” every entry.",
            day=day,
        ),
        "heads_titles": [_("Machine"), _("Entries"), _("Last entry")],
        "heads": [[each.device, str(each.seq), "\u200b".join(_pieces(each.line))] for each in report.heads],
        "page": _("Page"),
        "paper": PAPERS[report.recipe.paper],
        "language": report.recipe.language.replace("-", "_").partition("_")[0],
        "one_page": report.recipe.is_brief,
        "made_from_brief": plural(
            "Made from {n} signed journal; “mlops-desk report verify” checks this file.",
            "Made from {n} signed journals; “mlops-desk report verify” checks this file.",
            len(report.heads),
        ),
        "content_title": _("The content of this report, for “mlops-desk report verify”"),
        "footnote": "",
    }


@cache
def _colours() -> dict[str, str]:
    light = msgspec.json.decode(resource("tokens.json").read_bytes())["light"]
    return {name: value for name, value in light.items() if isinstance(value, str)}


def _shown(state: Shown) -> dict[str, str]:
    return {"level": state.level, "word": printable(state.word), "reason": printable(state.reason)}


def _section(section: Section, drawings: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": section.title,
        "texts": [printable(each) for each in section.texts],
        "plots": [drawings[id(plot)] for plot in section.plots],
        "tables": [_table(each, has_title=len(section.tables) > 1) for each in section.tables],
    }


def _plot(plot: Plot) -> dict[str, Any]:
    from mlops_desk.science.figures import svg

    return {
        "sentence": printable(plot.sentence, 160),
        "level": plot.state.level,
        "svg": svg(content.chart_of(plot)),
        "alt": printable(content.spoken(plot), 600).replace("\u200b", ""),
    }


def _table(table: Table, *, has_title: bool) -> dict[str, Any]:
    columns = content.paper_columns(table)
    shown = [
        [_cell(column, cell, beneath) for column, cell, beneath in content.paper_cells(table, row)]
        for row in table.rows
    ]
    for at, row in enumerate(shown):
        row[0]["address"] = table.address(at)
    return {
        "title": table.title if has_title else "",
        "columns": [{"title": each.title, "form": _form(each)} for each in columns],
        "widths": [_width(each, [row[at] for row in shown]) for at, each in enumerate(columns)],
        "rows": shown,
        "empty": table.empty,
        "left_out": content.left_out(table),
    }


def _cell(column: Column, cell: Cell, beneath: str) -> dict[str, str]:
    if isinstance(cell, Shown):
        return {**_shown(cell), "beneath": printable(beneath)}
    return {"text": printable(content.text(cell, column.form)), "beneath": printable(beneath)}


def _form(column: Column) -> str:
    return "number" if column.form in content.NUMBERS else column.form


def _width(column: Column, cells: list[dict[str, str]]) -> float:
    """Return the share of the page that a column takes, by what it holds; zero for as much as it needs."""
    if _form(column) in ("number", "day", "instant"):
        widest = max((len(cell["beneath"]) for cell in cells), default=0)
        return 0.0 if widest <= WIDEST_NUMBER else float(WIDEST_NUMBER)
    lengths = [max(len(cell.get("text", cell.get("word", ""))), 0.6 * len(cell["beneath"])) for cell in cells]
    usual = sorted([*lengths, len(column.title)])[int(0.9 * len(lengths))] if lengths else len(column.title)
    words = [len(each) for cell in cells for each in cell.get("text", "").split()]
    chips = [len(cell["word"]) + 5 for cell in cells if "word" in cell]  # the shape stands before the word
    whole = 1.15 * max([*words, *chips], default=0)
    return min(34.0, max(float(len(column.title)), usual, whole, 5.0))
