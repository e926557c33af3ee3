"""Proposes a class for every column: what its values look like, and what its name says; people confirm."""

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence

import msgspec

from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.column_figures import DISGUISES, ColumnProfile
from mlops_desk.science.describe import Profile
from mlops_desk.science.lockdown import name
from mlops_desk.science.pii_names import CALENDAR, PERSONS, PII, SENSITIVE, THINGS, hinted, parts_of, words_of
from mlops_desk.science.sources import Source, connection, relation

CLASSES = ("public", "confidential", "sensitive", "pii")
SAMPLE_ROWS = 4_000
SAMPLE_VALUES = 2_000
_LONGEST = 200
_ENOUGH = 0.2
_ENOUGH_BY_CHANCE = 0.5  # one number in ten passes a check digit without being one
_ENOUGH_INSIDE = 0.01
_FEW_PERSONS = 10
_ENOUGH_APART = 0.5
_MAIL = re.compile(r"[\w.+%'-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,24}")
_CARD = re.compile(r"[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}|3\d{3}[ -]?\d{6}[ -]?\d{5}")
_REGIONS = ("US", "GB", "DE", "CH", "AT", "FR", "IT", "ES", "NL", "BR", "IN")


class ClassProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the desk proposes for one column, why, and how sure it is (0 to 1); the example is masked."""

    column: str
    proposed: str
    confidence: float
    detector: str
    reason: str
    example: str = ""


class _Detector(msgspec.Struct, frozen=True):
    """Tells by its value that something is personal; ``label`` completes "looks like …"."""

    key: str
    label: str
    matches: Callable[[str], bool]
    enough: float = _ENOUGH
    needs_hint: str = ""


def propose_classes(source: Source, profile: Profile, progress: Progress = silent) -> tuple[ClassProposal, ...]:
    """Propose public, confidential, sensitive or pii for every column, from up to 2,000 values of each.

    Names and addresses are found by the columns' names alone; a proposal is no promise.

    Raises:
        DeskError: the file changed since it was opened, or is damaged.
    """
    with connection(source) as opened:
        chosen = ", ".join(f"left({name(each)}::VARCHAR, {_LONGEST})" for each in source.names)
        sampled = f"SELECT {chosen} FROM {relation(source)} USING SAMPLE reservoir({SAMPLE_ROWS} ROWS) REPEATABLE (7)"
        rows = opened.execute(sampled).fetchall()
    found, detectors = [], _detectors()
    for at, column in enumerate(profile.columns):
        progress(_("Looking at {name}", name=column.name), at, len(profile.columns))
        values = list(dict.fromkeys(value for row in rows if (value := row[at]) is not None))
        real = [value for value in values if value.strip().lower() not in DISGUISES][:SAMPLE_VALUES]
        found.append(_proposal(column, real, profile.rows, detectors))
    return tuple(found)


def _proposal(column: ColumnProfile, values: Sequence[str], rows: int, detectors: Sequence[_Detector]) -> ClassProposal:
    return (
        _by_values(column, values, detectors)
        or _by_name(column, values)
        or _by_person(column, values, rows)
        or _by_uniqueness(column, values, rows)
        or _public(column)
        or _by_many_words(column)
        or ClassProposal(
            column=column.name,
            proposed="confidential",
            confidence=0.5,
            detector="default",
            reason=_("Nothing says that it tells of a person; until somebody knows better it stays in the team."),
        )
    )


def _by_values(column: ColumnProfile, values: Sequence[str], detectors: Sequence[_Detector]) -> ClassProposal | None:
    if not values or column.kind in ("boolean", "date", "time", "number", "constant", "empty"):
        return None
    hint, best = hinted(column.name, PII), (0.0, detectors[0], "")
    for detector in detectors:
        if detector.needs_hint and hint != detector.needs_hint:
            continue
        matching = [value for value in values if detector.matches(value.strip())]
        if (share := len(matching) / len(values)) >= detector.enough and share > best[0]:
            best = share, detector, matching[0]
    share, detector, example = best
    if not share:
        return None
    reason = _(
        "Looks like {what}: {share} % of {n} sampled values match.",
        what=detector.label,
        share=round(100 * share) or 1,
        n=f"{len(values):,}",
    )
    return ClassProposal(
        column=column.name,
        proposed="pii",
        confidence=round(share if detector.enough > _ENOUGH_INSIDE else 0.9, 3),
        detector=detector.key,
        reason=reason,
        example=masked(example),
    )


def _by_name(column: ColumnProfile, values: Sequence[str]) -> ClassProposal | None:
    topic = hinted(column.name, PII)
    words = words_of(column.name)
    is_named = not topic and words & {"name", "nom", "nome", "naam"} and not words & THINGS
    if is_named and column.kind in ("text", "identifier") and column.distinct > SAMPLE_VALUES // 100:
        topic = "name"
    if topic:
        reason = _("Its name says that it may hold a person's {topic}.", topic=_(topic))
        example = masked(values[0]) if values else ""
        return ClassProposal(
            column=column.name, proposed="pii", confidence=0.7, detector="column name", reason=reason, example=example
        )
    if topic := hinted(column.name, SENSITIVE):
        return ClassProposal(
            column=column.name,
            proposed="sensitive",
            confidence=0.8,
            detector="column name",
            reason=_("Its name tells of a protected or intimate matter: {topic}.", topic=_(topic)),
        )
    return None


def _by_person(column: ColumnProfile, values: Sequence[str], rows: int) -> ClassProposal | None:
    """Propose pii where a column called after a person tells many of them apart, sensitive where it tells few apart.

    Where its name has other words, too, such as customer_city, only as good as unique values tell persons apart.
    """
    words = parts_of(column.name)
    if not words & PERSONS or column.kind in ("boolean", "date", "time", "constant", "empty"):
        return None
    is_called_so = words <= PERSONS
    is_many = column.distinct > _FEW_PERSONS
    is_nearly_unique = column.kind != "number" and column.distinct >= _ENOUGH_APART * (rows - column.missing)
    if is_many and (is_called_so or is_nearly_unique):
        proposed = "pii"
        reason = _("Its name tells of a person, and its {n} values tell persons apart.", n=column.distinct)
    elif is_called_so:
        proposed = "sensitive"
        reason = _("Its name tells of a person; its {n} values may stand for some.", n=column.distinct)
    else:
        return None
    return ClassProposal(
        column=column.name,
        proposed=proposed,
        confidence=0.6,
        detector="person",
        reason=reason,
        example=masked(values[0]) if values else "",
    )


def _by_many_words(column: ColumnProfile) -> ClassProposal | None:
    if column.kind != "text" or words_of(column.name) & THINGS:
        return None
    return ClassProposal(
        column=column.name,
        proposed="sensitive",
        confidence=0.5,
        detector="text",
        reason=_("It holds many different texts, which may tell of persons; read some before you share them."),
    )


def _by_uniqueness(column: ColumnProfile, values: Sequence[str], rows: int) -> ClassProposal | None:
    if column.kind != "identifier" or not values:
        return None
    low, high = column.minimum, column.maximum
    if isinstance(low, int) and isinstance(high, int) and high - low + 1 == rows:
        return None  # numbers the rows
    return ClassProposal(
        column=column.name,
        proposed="pii",
        confidence=0.5,
        detector="unique",
        reason=_("Each row has its own value, so it can lead back to a person."),
        example=masked(values[0]),
    )


def _public(column: ColumnProfile) -> ClassProposal | None:
    reason = ""
    if column.kind == "empty":
        reason = _("It holds no value.")
    elif words_of(column.name) & CALENDAR and column.distinct <= 366 and column.kind != "text":
        reason = _("It is a part of the calendar and the same for everybody.")
    if not reason:
        return None
    return ClassProposal(column=column.name, proposed="public", confidence=0.6, detector="cause", reason=reason)


def masked(value: str) -> str:
    """Return the shape of a value: its first character and its signs, up to 24 characters."""
    shape = "".join(sign if not sign.isalnum() and sign.isascii() else "•" for sign in value[1:24])
    return value[:1] + shape if len(value) > 3 else "•" * len(value)


def _detectors() -> tuple[_Detector, ...]:
    from stdnum import iban

    chance = _ENOUGH_BY_CHANCE
    return (
        _Detector("mail", _("mail addresses"), lambda value: bool(_MAIL.fullmatch(value))),
        _Detector("iban", _("bank accounts (IBAN)"), lambda value: value[:2].isalpha() and bool(iban.is_valid(value))),
        _Detector("card", _("payment cards"), _is_card, chance),
        _Detector("identity", _("national identity numbers"), _is_identity, chance),
        _Detector("ip", _("network addresses"), _is_ip),
        _Detector("phone", _("phone numbers"), lambda value: value.startswith(("+", "00")) and _is_phone(value)),
        _Detector("phone", _("phone numbers"), _is_local_phone, _ENOUGH, "phone"),
        _Detector(
            "mail inside", _("text with mail addresses in it"), lambda value: bool(_MAIL.search(value)), _ENOUGH_INSIDE
        ),
    )


def _is_card(value: str) -> bool:
    from stdnum import luhn

    digits = re.sub(r"[ -]", "", value)
    return 13 <= len(digits) <= 19 and bool(_CARD.fullmatch(value)) and bool(luhn.is_valid(digits))


def _is_identity(value: str) -> bool:
    from stdnum.br import cpf
    from stdnum.ch import ssn as ahv
    from stdnum.es import dni
    from stdnum.fr import nir
    from stdnum.it import codicefiscale
    from stdnum.us import ssn

    if re.fullmatch(r"\d{3}-\d{2}-\d{4}", value):
        return bool(ssn.is_valid(value))
    if re.fullmatch(r"\d{3}\.\d{3}\.\d{3}-\d{2}", value):
        return bool(cpf.is_valid(value))
    digits = sum(map(str.isdigit, value))
    kinds = {13: (ahv, nir), 15: (nir,), 8: (dni,), 7: (codicefiscale,)}.get(digits, ())
    return len(value) <= 24 and any(kind.is_valid(value) for kind in kinds)


def _is_ip(value: str) -> bool:
    if value.count(".") != 3 and ":" not in value:
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return value.count(":") != 2  # a time of day is no address


def _is_local_phone(value: str) -> bool:
    return any(_is_phone(value, region) for region in _REGIONS)


def _is_phone(value: str, region: str | None = None) -> bool:
    import phonenumbers

    if not _PHONE.fullmatch(value):
        return False
    international = "+" + value[2:] if value.startswith("00") and region is None else value
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(international, region)))
    except phonenumbers.NumberParseException:
        return False
