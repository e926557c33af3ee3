"""The manual page `mlops-desk(1)`, made from the same commands and acts as the parser."""

from __future__ import annotations

from mlops_desk import __version__
from mlops_desk.catalogue import AREAS
from mlops_desk.cli import commands

HEAD = """.TH MLOPS\\-DESK 1 "" "MLOps Desk {version}" "User Commands"
.SH NAME
mlops\\-desk \\- an MLOps practice for a team, in a folder shared through git
.SH SYNOPSIS
.B mlops\\-desk
.br
.B mlops\\-desk
.I COMMAND
[\\-\\-project FOLDER] [\\-\\-json] [\\-\\-as ROLE]
.SH DESCRIPTION
Without arguments it opens the window on the project that was open last.
With a command it does one thing and ends.
.B mlops\\-desk COMMAND \\-\\-help
shows what fits a command.
"""
FOOT = """.SH EXIT STATUS
0 done, 1 refused or findings, 2 misuse, 70 a bug.
.SH ENVIRONMENT
.TP
.B MLOPS_DESK_HOME
The folder for private data and cache, in place of the usual ones.
.TP
.B LANGUAGE
The languages a person reads, best first, where the desk has been translated.
"""


def page() -> bytes:
    """Return the page as roff."""
    parts = [HEAD.format(version=__version__), ".SH COMMANDS\n"]
    parts += [_entry(words, text) for words, text, _fill in commands.COMMANDS]
    for area in AREAS:
        parts.append(f".SS {_plain(area.title)}\n")
        parts += [_entry(act.command, (act.__doc__ or "").strip().splitlines()[0]) for act in area.acts]
        parts += [_entry(each.words, f"The table “{each.title}”.") for each in area.listings]
    return "".join([*parts, FOOT]).encode()


def _entry(words: tuple[str, ...], text: str) -> str:
    return f".TP\n.B mlops\\-desk {_plain(' '.join(words))}\n{_plain(text)}\n"


def _plain(text: str) -> str:
    """Return a text in which nothing is read as a request of roff."""
    quiet = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{quiet}" if quiet.startswith((".", "'")) else quiet
