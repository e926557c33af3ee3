"""Opening lines of a project, many at once: signatures are checked on all cores, since libsodium lets go of Python."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, Flaw, line_id, open_line
from mlops_desk.journal.events import BINDING, GENESIS, ROTATE, Event

CHUNK_LINES = 500

Found = tuple[str, bytes]  # the device in whose folder a line lies, and the line


def open_own(line: bytes, device: str, project: str) -> Entry:
    """Return the entry of a line that belongs to this project (steps L0 to L2).

    Raises:
        Flaw: it does not, or is damaged or forged.
    """
    entry = open_line(line, device, project)
    if entry.kind == GENESIS and line_id(line) != project:
        raise Flaw("malformed-signed", "it begins another project")
    event = Event.of("", entry) if entry.kind in (*BINDING, ROTATE) else None
    if event is not None and not all(map(keys.is_device, _keys_in(event))):
        raise Flaw("malformed-signed", "the machine it names has no sound key")
    return entry


def _keys_in(event: Event) -> list[str]:
    """Return the keys that an event brings into the team; a project may begin without a recovery key."""
    if event.kind == ROTATE:
        return [event.text("pub")]
    return [event.target, *([event.text("recovery")] if event.value.get("recovery") else [])]


def open_all(found: Sequence[Found], project: str) -> list[Entry | Flaw]:
    """Return the entry of each line, or its flaw, in the order given."""
    if len(found) <= CHUNK_LINES:
        return _opened(found, project)
    chunks = [found[start : start + CHUNK_LINES] for start in range(0, len(found), CHUNK_LINES)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return [each for part in pool.map(lambda chunk: _opened(chunk, project), chunks) for each in part]


def _opened(found: Sequence[Found], project: str) -> list[Entry | Flaw]:
    opened: list[Entry | Flaw] = []
    for device, line in found:
        try:
            opened.append(open_own(line, device, project))
        except Flaw as flaw:
            opened.append(flaw)
    return opened
