"""What a person has put aside on this machine: snoozed until an instant, or done with until it changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from datetime import time as day_time
from hashlib import sha256

from mlops_desk.kernel import clock
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.words import _

MOST_DAYS = 7
MORNING = day_time(8)
DONE = 0  # in place of an instant: until what it says changes
_KEY_CHARS = 12
_MONDAY = 0


def key_of(need: Need) -> str:
    """Return by what a need is known while it says the same; what it says otherwise is a new one."""
    said = [need.noun, need.id, need.settle, need.sentence, need.seen_as]
    return sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_CHARS]


def is_aside(aside: Mapping[str, int], key: str, now_ms: int) -> bool:
    """Tell whether something is aside now; a snooze ends by itself."""
    until = aside.get(key)
    return until is not None and (until == DONE or until > now_ms)


def until_words(text: str, now: datetime) -> datetime:
    """Return until when something is to rest: in an hour, tomorrow or on Monday at eight, or on a day given.

    Raises:
        DeskError: the text says no such time, or one that is past or more than seven days ahead.
    """
    here = now.astimezone()
    wanted = text.strip().lower()
    if wanted == "1h":
        return here + timedelta(hours=1)
    until = datetime.combine(_day(wanted, here.date()), MORNING).astimezone()
    if until <= here or (until.date() - here.date()).days > MOST_DAYS:
        raise DeskError(
            _("“{text}” is past or more than {n} days ahead.", text=text, n=MOST_DAYS),
            _("What waits for you can rest for {n} days at most.", n=MOST_DAYS),
            code="INBOX-103",
        )
    return until


def _day(wanted: str, today: date) -> date:
    if wanted == "tomorrow":
        return today + timedelta(days=1)
    if wanted == "monday":
        return today + timedelta(days=(_MONDAY - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        raise DeskError(
            _("“{text}” is no time to rest until.", text=wanted),
            _("Say 1h, tomorrow, monday, or a day such as {day}.", day=(today + timedelta(days=2)).isoformat()),
            code="INBOX-102",
        ) from None


def put_aside(here: Here, keys: Iterable[str], until: datetime | None, living: Collection[str]) -> None:
    """Put things aside until an instant, or until they change; ``living`` are the keys of all that still waits.

    What was put aside before and has ended since is forgotten.
    """
    now_ms = clock.now_ms()
    kept = {key: ms for key, ms in here.seat.aside.items() if key in living and is_aside(here.seat.aside, key, now_ms)}
    ms = DONE if until is None else int(until.timestamp() * 1000)
    here.note(aside=kept | dict.fromkeys(keys, ms))


def bring_back(here: Here, key: str) -> None:
    """Let something wait again."""
    here.note(aside={each: ms for each, ms in here.seat.aside.items() if each != key})
