"""The parser: every act is a command, every listing a table, every noun can be shown; nothing is written twice."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NoReturn

from mlops_desk.catalogue import LISTINGS, RULES
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.record import Field, Noun, fields_of, item_type
from mlops_desk.kernel.words import _
from mlops_desk.workspace.table_file import FORMATS

EXIT_MISUSE = 2
_ENTRY = re.compile(r"-[A-Za-z0-9_-]{42}")  # 32 bytes as base64url


class Misuse(DeskError):  # noqa: N818 - a sentence about the command's words
    """The words of the command do not fit together."""


class Parser(argparse.ArgumentParser):
    """A parser that answers misuse with one sentence and a hint, like everything else."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command.

        Raises:
            Misuse: always.
        """
        sentence = message[:1].upper() + message[1:].rstrip(".") + "."
        raise Misuse(sentence, _("`{command} --help` shows what fits.", command=self.prog), code="CLI-102")

    def _parse_optional(self, arg_string: str) -> Any:
        """Tell argparse what an option is: the id of an entry is none, though one in 64 begins with a dash."""
        is_known = arg_string in self._option_string_actions
        return None if _ENTRY.fullmatch(arg_string) and not is_known else super()._parse_optional(arg_string)


Command = tuple[tuple[str, ...], str, Callable[[argparse.ArgumentParser], None]]


def build(commands: Iterable[Command], words: Sequence[str]) -> Parser:
    """Return the parser for a command's words.

    ``commands`` are those that are no acts: words, help, and what adds their arguments. Only the group that
    the words name is filled; if they name none, for help or misuse, all are.
    """
    parser = Parser(prog="mlops-desk", description=_("An MLOps practice for a team, without a server."))
    _globals(parser, is_top=True)
    everything = [*commands, *map(_of_act, RULES.acts.values()), *map(_of_listing, LISTINGS)]
    taken = {each[0] for each in everything}
    shows = [_of_noun(noun) for noun in RULES.nouns.values()]
    everything += list({show[0]: show for show in reversed(shows) if show[0] not in taken}.values())
    named = [each for each in everything if each[0][0] in words]
    tree = _Tree(parser)
    for leaf_words, text, fill in named or everything:
        fill(tree.leaf(leaf_words, text))
    return parser


def _of_act(act: type[Act]) -> Command:
    def fill(leaf: argparse.ArgumentParser) -> None:
        leaf.set_defaults(act=act)
        for field in fields_of(act):
            add_argument(leaf, field)
        _keep_bands(leaf, act)

    return act.command, act.told(), fill


def _of_listing(listing: Listing) -> Command:
    text = _("{title}, as a table.", title=listing.title)

    def fill(leaf: argparse.ArgumentParser) -> None:
        leaf.set_defaults(listing=listing)
        leaf.add_argument("--output", metavar="FILE", default="", help=_("Write the table into this file."))
        leaf.add_argument(
            "--format",
            type=_reader(str, FORMATS),
            metavar="|".join(FORMATS),
            help=_("What the file is; else as its name ends. excel-csv turns no text into a formula."),
        )
        if listing.about is not None:
            leaf.add_argument("about", nargs="?", default="", metavar="SUBJECT", help=_("Only about this: id or name."))

    return listing.words, text, fill


def _of_noun(noun: type[Noun]) -> Command:
    def fill(leaf: argparse.ArgumentParser) -> None:
        leaf.add_argument("id", metavar="ID", help=_("Its id, the beginning of it, or its name."))
        leaf.set_defaults(show=noun.noun)

    return (noun.command, "show"), _("Show one {noun} with all that is known.", noun=noun.title), fill


def _globals(parser: argparse.ArgumentParser, *, is_top: bool = False) -> None:
    def default(value: Any) -> Any:
        return value if is_top else argparse.SUPPRESS

    group = parser.add_argument_group(_("everywhere"))
    group.add_argument(
        "--project",
        metavar="FOLDER",
        default=default(None),
        help=_("The project folder; else the one around this folder."),
    )
    group.add_argument("--json", action="store_true", default=default(False), help=_("Answer with one JSON document."))
    group.add_argument("--as", dest="acting", metavar="ROLE", default=default(""), help=_("The role to act in."))
    group.add_argument("--me", metavar="NAME", default=default(""), help=_("In a sample: the member to be."))
    group.add_argument(
        "--debug", action="store_true", default=default(False), help=_("Show the whole trace of an error.")
    )


class _Tree:
    """Commands by their words; a group is made with its first command."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        top = parser.add_subparsers(metavar=_("COMMAND"), parser_class=Parser)
        self._groups: dict[tuple[str, ...], Any] = {(): top}

    def leaf(self, words: tuple[str, ...], text: str) -> argparse.ArgumentParser:
        first_line = text.strip().splitlines()[0] if text.strip() else ""
        made: argparse.ArgumentParser = self._group(words[:-1]).add_parser(words[-1], help=first_line, description=text)
        _globals(made)
        made.set_defaults(words=words)
        return made

    def _group(self, words: tuple[str, ...]) -> Any:
        if words not in self._groups:
            text = _("Commands about {noun}.", noun=" ".join(words))
            group = self._group(words[:-1]).add_parser(words[-1], help=text)
            _globals(group)
            self._groups[words] = group.add_subparsers(metavar=_("VERB"), required=True, parser_class=Parser)
        return self._groups[words]


# --- arguments from fields -----------------------------------------------------------------------


def option(field: Field) -> str:
    """Return the option of a field, such as ``--use-case``."""
    return "--" + (field.about.flag or field.name).replace("_", "-")


def _names(field: Field) -> tuple[str, ...]:
    return (f"-{field.about.short}", option(field)) if field.about.short else (option(field),)


def add_argument(parser: argparse.ArgumentParser, field: Field) -> None:
    """Add the argument that gives a field its value."""
    about = field.about
    settings: dict[str, Any] = {"help": field.help.replace("%", "%%"), "dest": field.name}
    if field.type is bool:
        kind: Any = argparse.BooleanOptionalAction if field.optional else "store_true"
        parser.add_argument(*_names(field), action=kind, default=field.default, **settings)
        return
    kind = item_type(field.type) or field.type
    settings["metavar"] = about.metavar or (_metavar(field) if field.choices or not about.positional else "")
    settings["metavar"] = settings["metavar"] or field.name.upper().replace("_", "-")
    settings["type"] = _reader(kind, field.choices)
    if about.positional:
        del settings["dest"]
        parser.add_argument(
            field.name,
            nargs=None if field.required else "?",
            default=None if field.required else field.default,
            **settings,
        )
    elif field.many:
        parser.add_argument(*_names(field), action="append", default=None, required=field.required, **settings)
    else:
        parser.add_argument(
            *_names(field), default=None if field.required else field.default, required=field.required, **settings
        )


def _metavar(field: Field) -> str:
    if field.choices:
        return "|".join(field.choices)
    return {date: "DATE", float: "NUMBER", int: "N"}.get(field.type, "ID" if field.about.of else "TEXT")


def _reader(kind: Any, choices: Sequence[str]) -> Callable[[str], Any]:
    if choices:
        return lambda text: _choice(text, choices)
    readers: dict[Any, Callable[[str], Any]] = {float: _number, int: _whole, date: _day, datetime: _moment}
    return readers.get(kind, str)


def _choice(text: str, choices: Sequence[str]) -> str:
    if text not in choices:
        raise argparse.ArgumentTypeError(_("“{text}” is none of {choices}", text=text, choices=", ".join(choices)))
    return text


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(_("“{text}” is not a number", text=text))
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a whole number", text=text)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a day such as 2026-11-23", text=text)) from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a time such as 2026-11-23T10:00", text=text)) from None


def _keep_bands(parser: argparse.ArgumentParser, act: type[Act]) -> None:
    """Offer ``--band LOW HIGH`` wherever an act has both edges."""
    if {"low", "high"} <= {field.name for field in fields_of(act)}:
        parser.add_argument("--band", nargs=2, type=_number, metavar=("LOW", "HIGH"), help=_("Both edges of the band."))


def act_from(arguments: argparse.Namespace) -> Act:
    """Return the act that the words of a command mean."""
    kind: type[Act] = arguments.act
    values: dict[str, Any] = {}
    for field in fields_of(kind):
        value = getattr(arguments, field.name)
        values[field.name] = tuple(value or ()) if field.many else value
    if getattr(arguments, "band", None):
        values["low"], values["high"] = arguments.band
    return kind(**values)
