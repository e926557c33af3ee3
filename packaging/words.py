"""The catalogue of all words for people, resources/locale/mlops_desk.pot, with the translations beside it kept in step.

Without arguments it writes them; with --check it only sees whether they are current and the values of each sentence are
those of its translation; with --pseudo FOLDER it writes a language that nobody speaks, to look at the window in.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mlops_desk import __version__  # noqa: E402 - after the checkout is on the path
from mlops_desk.catalogue import AREAS, LISTINGS, RULES  # noqa: E402
from mlops_desk.kernel.act import Act  # noqa: E402
from mlops_desk.kernel.record import Field, fields_of  # noqa: E402
from mlops_desk.kernel.words import DOMAIN  # noqa: E402
from mlops_desk.workspace.act_words import class_words  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALE = ROOT / "resources" / "locale"
TEMPLATE = LOCALE / f"{DOMAIN}.pot"
PSEUDO = "en_XA"
# Which arguments of a call are words for people: places, names. What `_` gets is translated there and then; what the
# others get is declared there and translated where it is shown.
DECLARED: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "_": ((0,), ()),
    "About": ((0,), ("help", "title")),
    "Area": ((), ("title",)),
    "Column": ((1, 3), ("title", "unit")),
    "Flaw": ((1,), ()),
    "Listing": ((), ("title", "empty")),
    "Role": ((2,), ()),
    "Shown": ((1, 3), ("title", "unit")),
    "Verdict": ((1,), ()),
    "_bad": ((0,), ()),
    "declared": ((0,), ()),
}
_BORN = datetime(2026, 11, 1, tzinfo=UTC)  # one date for ever: a catalogue changes with its words alone
_NAMES = re.compile(r"\{(\w*)[^}]*\}")
_KEPT = re.compile(r"(\{[^}]*\}|`[^`]*`|--[a-z-]+|&)")  # in a pseudo-language: values, commands, options
_ACCENTS = str.maketrans("aceinouyACEINOUY", "åçéîñøûýÅÇÉÎÑØÛÝ")
_MORE = " lørém ïpsûm dølør sît amét"
Words = tuple[str, str | tuple[str, str]]  # the file that has them, and the sentence or its two forms


def words_in(path: Path) -> Iterator[Words]:
    """Return what a module hands to gettext and what it declares."""
    name = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called == "plural" and len(forms := [*map(_text, node.args[:2])]) == 2 and all(forms):
                yield name, (forms[0], forms[1])
            for argument in _declaring(node, called):
                yield from ((name, text) for text in _texts(argument))


def _declaring(call: ast.Call, called: str) -> Iterator[ast.expr]:
    places, names = DECLARED.get(called, ((), ()))
    yield from (call.args[place] for place in places if place < len(call.args))
    yield from (each.value for each in call.keywords if each.arg in names)


def _texts(node: ast.expr) -> list[str]:
    """Return the texts that an argument may be: one, or those of both branches."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [text] if (text := _text(node)) else []


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def words_read_off() -> Iterator[Words]:
    """Return the words that stand nowhere as they are shown: read off classes, fields and choices."""
    for noun in RULES.nouns.values():
        place = _place(noun)
        yield from ((place, text) for text in (noun.title, noun.noun.replace("-", " ")))
        yield from ((place, text) for field in fields_of(noun) for text in _of_field(field))
    for listing in LISTINGS:
        yield "mlops_desk/catalogue.py", listing.noun.replace("-", " ")
    for act in RULES.acts.values():
        place = _place(act)
        yield from ((place, text) for text in _of_act(act))
        yield from ((place, text) for field in fields_of(act) for text in _of_field(field))


def _of_act(act: type[Act]) -> list[str]:
    first, _feed, more = inspect.cleandoc(act.__doc__ or "").partition("\n")
    return [class_words(act), first, more.strip(), act.done]


def _of_field(field: Field) -> list[str]:
    return [field.title, field.help, *(each.replace("-", " ").replace("_", " ").capitalize() for each in field.choices)]


def _place(kind: type) -> str:
    return f"{kind.__module__.replace('.', '/')}.py"


def template() -> Catalog:
    """Return the catalogue of everything, untranslated."""
    made = Catalog(
        project="MLOps Desk",
        version=__version__,
        header_comment="# Words of MLOps Desk; written by `python3 packaging/dev.py words`.",
        creation_date=_BORN,
        revision_date=_BORN,
        fuzzy=False,
    )
    modules = sorted((ROOT / "mlops_desk").rglob("*.py"))
    literal = [words for path in modules for words in words_in(path)]
    listed = [(f"mlops_desk/areas/{area.name}/__init__.py", area.title) for area in AREAS]
    found: dict[str | tuple[str, str], set[str]] = {}
    for place, words in [*literal, *listed, *words_read_off()]:
        if words:
            found.setdefault(words, set()).add(place)
    for words, places in sorted(found.items(), key=lambda each: each[0] if isinstance(each[0], str) else each[0][0]):
        made.add(words, locations=[(place, 0) for place in sorted(places)])
    return made


def translations(made: Catalog) -> Iterator[tuple[Path, Catalog]]:
    """Return every translation with the words of today: new ones empty, gone ones kept aside."""
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        with path.open("rb") as file:
            known = pofile.read_po(file, locale=path.parts[-3], domain=DOMAIN)
        known.update(made, no_fuzzy_matching=True)
        yield path, known


def files() -> Iterator[tuple[Path, bytes]]:
    """Return every file of the catalogue with what should stand in it."""
    made = template()
    yield TEMPLATE, _po(made)
    for path, known in translations(made):
        yield path, _po(known)
        yield path.with_suffix(".mo"), mo(known)


def faults() -> list[str]:
    """Return what is wrong with translations: values that the sentence does not have, or that got lost."""
    return [
        f"{path.relative_to(ROOT)}: {message.id!r}"
        for path, known in translations(template())
        for message in known
        if message.id and any(names_in(text) != names_in(_last(message)) for text in _told(message) if text)
    ]


def names_in(text: str) -> set[str]:
    """Return the names of the values of a sentence."""
    return set(_NAMES.findall(text))


def _last(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


def _told(message: Message) -> tuple[str, ...]:
    told = message.string
    return (told,) if isinstance(told, str) else tuple(told or ())


def pseudo() -> Catalog:
    """Return a language that nobody speaks: each sentence in ‹…›, with accents, and 40 % longer."""
    made = template()
    said = Catalog(locale=PSEUDO, domain=DOMAIN, creation_date=_BORN, revision_date=_BORN)
    for message in made:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            longer = tuple(pseudo_of(form) for form in forms)
            said.add(message.id, longer[0] if isinstance(message.id, str) else longer)
    return said


def pseudo_of(sentence: str) -> str:
    """Return a sentence in the pseudo-language; values, commands and options stay."""
    parts = _KEPT.split(sentence)
    accented = "".join(part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    more = -(-len(sentence) * 2 // 5)
    return f"‹{accented}{(_MORE * (more // len(_MORE) + 1))[:more].rstrip()}›"


def write_pseudo(folder: Path) -> None:
    """Write the pseudo-language where ``MLOPS_DESK_LOCALE`` may point."""
    place = folder / PSEUDO / "LC_MESSAGES"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{DOMAIN}.mo").write_bytes(mo(pseudo()))


def mo(catalog: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    written = io.BytesIO()
    mofile.write_mo(written, catalog)
    return written.getvalue()


def _po(catalog: Catalog) -> bytes:
    written = io.BytesIO()
    pofile.write_po(written, catalog, width=100, include_lineno=False, sort_output=False)
    return written.getvalue().rstrip(b"\n") + b"\n"


def main(arguments: list[str]) -> int:
    """Write the files, or say which are not current."""
    if arguments[:1] == ["--pseudo"] and len(arguments) == 2:
        write_pseudo(Path(arguments[1]))
        print(f"Look at it: LANGUAGE={PSEUDO} MLOPS_DESK_LOCALE={arguments[1]} python3 packaging/dev.py run")
        return 0
    wrong = [f"values differ: {fault}" for fault in faults()]
    for path, content in files():
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif not path.is_file() or path.read_bytes() != content:
            wrong.append(f"{path.relative_to(ROOT)} is not current: run `python3 packaging/dev.py words`")
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
