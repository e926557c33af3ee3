"""Values as they are typed into forms, and back."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.words import _


class UnreadableError(ValueError):
    """What was typed is no value of the field's kind; the text says so to people."""


def written(value: Any) -> str:
    """Return a value as it is typed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str | int | date):
        return str(value)
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def read(text: str, to: Any) -> Any:
    """Return the value that a text means.

    Raises:
        UnreadableError: it means none.
    """
    sentences = {
        float: _("“{text}” is not a number.", text=text),
        int: _("“{text}” is not a whole number.", text=text),
        date: _("“{text}” is not a day such as 2026-11-23.", text=text),
        datetime: _("“{text}” is not a time such as 2026-11-23 10:00.", text=text),
    }
    if to is str or to is Any:
        return text
    try:
        if to is date:
            return date.fromisoformat(text)
        if to is datetime:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.astimezone()).astimezone(UTC)
        if to in (float, int):
            return _number(text, to)
        return wire.fitted(json.loads(text), to, is_strict=False)
    except (ValueError, OverflowError, msgspec.ValidationError):
        raise UnreadableError(sentences.get(to, _("“{text}” cannot be read here.", text=text))) from None


def _number(text: str, to: type[float | int]) -> float | int:
    value = to(text.replace(" ", ""))
    if not math.isfinite(value):
        raise ValueError
    return value
