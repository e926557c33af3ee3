"""Ids: 128 random bits in base32, and the digests that name lines and objects."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

SHORTEST_PREFIX = 4
MINTED_RANDOM_BYTES = 6
_MINT = b"mlopsdesk-id-v1\n"
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


def minted(device: str) -> str:
    """Return a fresh id that only this device can have made: 48 random bits, and 80 that follow from them and it."""
    chance = secrets.token_bytes(MINTED_RANDOM_BYTES)
    return base32(chance + _bound(chance, device))


def is_minted(id_: str, device: str) -> bool:
    """Tell whether an id was minted by a device; nobody can find another device for which that holds."""
    data = from_base32(id_) if is_id(id_) else None
    return data is not None and data[MINTED_RANDOM_BYTES:] == _bound(data[:MINTED_RANDOM_BYTES], device)


def _bound(chance: bytes, device: str) -> bytes:
    return hashlib.sha256(_MINT + chance + device.encode()).digest()[: 16 - MINTED_RANDOM_BYTES]


def is_id(text: str) -> bool:
    """Tell whether the text has the form of an id."""
    return _ID.fullmatch(text) is not None


def digest(data: bytes) -> str:
    """Return the sha256 of the bytes as 64 hexadecimal characters, the form that names objects."""
    return hashlib.sha256(data).hexdigest()
