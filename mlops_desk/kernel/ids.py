"""Ids: 128 random bits in base32, and the digests that name lines and objects."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

ID_LENGTH = 26
SHORTEST_PREFIX = 4
_ID = re.compile(r"[a-z2-7]{26}")


def base32(data: bytes) -> str:
    """Return lower-case base32 without padding: safe in file names on every system."""
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def from_base32(text: str) -> bytes | None:
    """Return the bytes of lower-case unpadded base32, or None if it is not in its one canonical form."""
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    return data if base32(data) == text else None


def base64url(data: bytes) -> str:
    """Return URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def new_id() -> str:
    """Return a fresh id: 128 random bits as 26 characters."""
    return base32(secrets.token_bytes(16))


def is_id(text: str) -> bool:
    """Tell whether the text has the form of an id."""
    return _ID.fullmatch(text) is not None


def digest(data: bytes) -> str:
    """Return the sha256 of the bytes as 64 hexadecimal characters, the form that names objects."""
    return hashlib.sha256(data).hexdigest()
