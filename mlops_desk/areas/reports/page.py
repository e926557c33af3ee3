"""The report as one HTML file: no script, no request to anywhere, light and dark, and fit to print."""

from __future__ import annotations

import re
from functools import cache

import msgspec
from markupsafe import escape

from mlops_desk.areas.reports import carried, content
from mlops_desk.areas.reports.content import Cell, Column, Plot, Report, Shown
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _, plural

TOKENS = (
    "bg.app",
    "bg.surface",
    "bg.sunken",
    "border.subtle",
    "border.strong",
    "text.primary",
    "text.secondary",
    "text.muted",
    "accent.solid",
    *(f"{level}.{part}" for level in ("ok", "warn", "bad", "info", "unknown") for part in ("text", "bg", "solid")),
)


def page(report: Report, progress: Progress = silent) -> bytes:
    """Return the report as a complete HTML document."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resource("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: content.readable(value) if type(value) is str else value,
    )
    cut = content.for_paper(report)
    plots = [plot for section in cut.sections for plot in section.plots]
    drawings: dict[int, str] = {}
    for done, plot in enumerate(plots):
        progress(_("Draw"), done, len(plots))
        drawings[id(plot)] = drawing(plot)
    text = environment.get_template("page.html").render(
        report=cut,
        style=f"@page{{size:{report.recipe.paper}}}\n{style()}",
        language=report.recipe.language.replace("_", "-"),
        drawing_of=lambda plot: drawings[id(plot)],
        title=f"{report.title}: {report.project}",
        day=content.day_words(report.as_of),
        made=content.moment_words(report.made_at),
        heads=report.heads,
        whole=carried.json_of(cut),
        template=carried.TEMPLATE,
        is_number=lambda column: column.form in content.NUMBERS,
        columns=content.paper_columns,
        cells=content.paper_cells,
        left_out=content.left_out,
        spoken=content.spoken,
        values=values,
        shape=shape,
        text=_cell_text,
        is_shown=lambda cell: isinstance(cell, Shown),
        _=_,
        plural=plural,
    )
    return text.encode()


@cache
def style() -> str:
    """Return the style sheet with the colours of both themes as its variables."""
    tokens = msgspec.json.decode(resource("tokens.json").read_bytes())

    def variables(theme: str) -> str:
        found = {f"--{name.replace('.', '-')}": tokens[theme][name] for name in TOKENS}
        found |= {f"--chart-{index}": colour for index, colour in enumerate(tokens[theme]["chart"], 1)}
        return "".join(f"{name}:{value};" for name, value in found.items())

    rules = resource("reports/page.css").read_text(encoding="utf-8")
    return (
        f":root{{color-scheme:light dark;{variables('light')}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{variables('dark')}}}}}\n{rules}"
    )


def drawing(plot: Plot) -> str:
    """Return the SVG of a chart in the colours of the page it stands on."""
    from mlops_desk.science.figures import svg

    made = svg(content.chart_of(plot))
    made = _COLOUR.sub(lambda found: _variables().get(found.group().lower(), found.group()), made)
    made = made.replace("font-family: 'Inter'", "font-family: inherit")
    return made.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


_COLOUR = re.compile(r"(?<=: )#[0-9a-fA-F]{6}")


@cache
def _variables() -> dict[str, str]:
    """Return the variable that stands for each colour of a figure."""
    from mlops_desk.science.figures import ink

    light = ink()
    named = {
        light.text: "text-secondary",
        light.muted: "text-muted",
        light.grid: "border-subtle",
        light.band: "bg-sunken",
        light.surface: "bg-surface",
        light.accent: "accent-solid",
    }
    named |= {colour: f"chart-{index}" for index, colour in enumerate(light.series, 1)}
    return {colour.lower(): f"var(--{name})" for colour, name in named.items()}


def values(plot: Plot) -> str:
    """Return the table of a chart's values as HTML, for those who read rather than look.

    A page has a hundred thousand of these cells; the template would take its time for each.
    """
    titles, rows = content.chart_of(plot).table()
    first, *others = (escape(content.readable(each)) for each in (plot.x_title or _("Place"), *titles[1:]))
    head = "".join(f'<th scope="col" class="number">{each}</th>' for each in others)
    body = "".join(
        f"<tr><td>{escape(content.readable(str(place)))}</td>"
        + "".join(f'<td class="number">{content.text(_number(cell), "number")}</td>' for cell in cells)
        + "</tr>\n"
        for place, *cells in rows
    )
    caption = escape(content.readable(plot.sentence))
    return (
        f'<table><caption>{caption}</caption><thead><tr><th scope="col">{first}</th>{head}</tr></thead><tbody>\n'
        f"{body}</tbody></table>"
    )


def _number(cell: object) -> Cell:
    return cell if isinstance(cell, int | float) else None


SHAPE_PATHS = {
    "ok": '<circle cx="8" cy="8" r="6"/>',
    "warn": '<path d="M8 1 15 8 8 15 1 8Z"/>',
    "bad": '<path d="M8 1.5 15.5 14.5H.5Z"/>',
    "info": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M7.2 7h1.6v5H7.2zM7.2 4h1.6v1.7H7.2z"/>',  # noqa: E501
    "unknown": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.4 2"/><path d="M6 6.4c0-2.6 4.1-2.6 4.1 0 0 1.5-2.1 1.6-2.1 3.2M8 11v1.3" fill="none" stroke="currentColor" stroke-width="1.3"/>',  # noqa: E501
}


def shape(level: str) -> str:
    """Return the shape of a state; its word always stands beside it."""
    path = SHAPE_PATHS.get(level, SHAPE_PATHS["unknown"])
    return f'<svg class="shape" viewBox="0 0 16 16" aria-hidden="true">{path}</svg>'


def _cell_text(cell: Cell, column: Column) -> str:
    return content.text(cell, column.form)
