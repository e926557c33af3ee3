"""JSON of a known shape, read into structures; the only place that makes a reader of a shape.

msgspec works out a structure when it is first read, and two threads that do so at once end the
process. Here each shape is worked out once, by one thread at a time.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_readers: dict[tuple[Any, bool], msgspec.json.Decoder[Any]] = {}
_one_at_a_time = threading.Lock()


def read(text: bytes | str, kind: type[T], *, is_strict: bool = True) -> T:
    """Return what a JSON text says, in a shape; not strict takes "3" for 3.

    Raises:
        msgspec.DecodeError: it is no JSON.
        msgspec.ValidationError: it has another shape.
    """
    found: T = _reader(kind, is_strict=is_strict).decode(text)
    return found


def fitted(value: Any, kind: type[T], *, is_strict: bool = True) -> T:
    """Return a plain value (of dicts, lists, texts, numbers) in a shape; not strict takes "3" for 3.

    Raises:
        msgspec.ValidationError: it has another shape.
    """
    _reader(kind, is_strict=is_strict)
    return msgspec.convert(value, kind, strict=is_strict)


def _reader(kind: Any, *, is_strict: bool) -> msgspec.json.Decoder[Any]:
    found = _readers.get((kind, is_strict))
    if found is None:
        with _one_at_a_time:
            found = _readers.setdefault((kind, is_strict), msgspec.json.Decoder(kind, strict=is_strict))
    return found
