"""The report as Markdown, for wikis and merge requests: everybody's text is escaped, nothing becomes a link."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlops_desk.areas.reports.carried import comment_of
from mlops_desk.areas.reports.content import (
    NUMBERS,
    Report,
    Section,
    Table,
    day_words,
    for_paper,
    heads_text,
    left_out,
    moment_words,
    readable,
    spoken,
    text,
)
from mlops_desk.kernel.words import _

_SPECIAL = re.compile(r"([\\`*_{}\[\]|~<>$^@]|^[#=!]|^[-+](?!\d))")
_LISTED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")  # at the beginning it would make a list, within a number it does not
_LINKS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
_SPACE = re.compile(r"\s+")


def escaped(words: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    flat = _SPACE.sub(" ", readable(words)).strip()
    safe = _LINKS.sub(r"\1\\\2", _LISTED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", flat)).replace("&", "&amp;"))
    return safe.replace("\\<", "&lt;").replace("\\>", "&gt;")


def markdown(report: Report) -> bytes:
    """Return the report as Markdown with tables."""
    cut = for_paper(report)
    return ("\n".join([*_lines(cut), "", comment_of(cut)]) + "\n").encode()


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.title)}: {escaped(report.project)}"
    yield ""
    if report.purpose:
        yield escaped(report.purpose)
        yield ""
    yield _("**As of {day}**, made {at}.", day=day_words(report.as_of), at=moment_words(report.made_at))
    yield ""
    yield f"## {_('How it stands')}"
    yield ""
    for each in report.sentences:
        yield f"- {_shape(each.level)} {escaped(each.word)}"
    yield ""
    yield f"## {_('What is not known')}"
    yield ""
    if not report.not_known:
        yield _("Nothing that this report asks for is missing.")
    for sentence in report.not_known:
        yield f"- {escaped(sentence)}"
    for section in report.sections:
        yield from _section(section)
    yield from _addresses(report)
    yield ""
    yield f"## {_('Made from')}"
    yield ""
    yield _("Journal heads (machine:entries:last entry): {heads}", heads=escaped(heads_text(report.heads)) or "–")


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {escaped(section.title)}"
    for words in section.texts:
        yield ""
        yield escaped(words)
    if section.plots:
        yield ""
    for plot in section.plots:
        yield f"- {_shape(plot.state.level)} {escaped(spoken(plot))}"
    for table in section.tables:
        yield ""
        if len(section.tables) > 1:
            yield f"### {escaped(table.title)}"
            yield ""
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield escaped(table.empty)
        return
    yield "| " + " | ".join(escaped(each.title) for each in table.columns) + " |"
    yield "|" + "|".join(" ---: " if each.form in NUMBERS else " --- " for each in table.columns) + "|"
    for row in table.rows:
        cells = (escaped(text(cell, column.form)) for column, cell in zip(table.columns, row, strict=True))
        yield "| " + " | ".join(cells) + " |"
    if left_out(table):
        yield ""
        yield left_out(table)


def _addresses(report: Report) -> Iterator[str]:
    """Give the address of each record that a row is about, as code: what is shown stays what it is."""
    tables = [
        table
        for section in report.sections
        for table in section.tables
        if any(table.addresses) and table.columns[0].form == "text"  # of a day or number nobody knows the record
    ]
    if tables:
        yield ""
        yield f"## {_('Addresses in the desk')}"
        yield ""
    named = [
        (text(row[0], table.columns[0].form), address)
        for table in tables
        for row, address in zip(table.rows, table.addresses, strict=True)
        if address
    ]
    for words, address in dict.fromkeys(named):
        yield f"- {escaped(words)}: `{address}`"


def _shape(level: str) -> str:
    return {"ok": "●", "warn": "◆", "bad": "▲", "info": "ⓘ"}.get(level, "?")
