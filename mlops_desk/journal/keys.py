"""Device keys: one Ed25519 pair per person, machine and project; the id of a device is its public key."""

from __future__ import annotations

import msgspec
from nacl import bindings, utils

from mlops_desk.kernel import secrets
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import base32, from_base32
from mlops_desk.kernel.words import _

DEVICE_CHARS = 52
RECOVERY = "recovery-"  # before the name of a seed that is kept until it is on paper


class DeviceKey(msgspec.Struct, frozen=True):
    """The key of this device. ``secret`` is libsodium's 64-byte key and never leaves the process."""

    device: str
    secret: bytes

    def __repr__(self) -> str:
        """Show the device only, so that the secret never reaches a log."""
        return f"DeviceKey({self.device})"


def from_seed(seed: bytes) -> DeviceKey:
    """Return the key pair of a 32-byte seed."""
    public, secret = bindings.crypto_sign_seed_keypair(seed)
    return DeviceKey(base32(public), secret)


def create(prefix: str = "") -> tuple[DeviceKey, secrets.Kind]:
    """Make a new key, keep its seed under its id after a prefix, and say where it is kept."""
    seed = utils.random(bindings.crypto_sign_SEEDBYTES)
    key = from_seed(seed)
    return key, secrets.put(f"{prefix}{key.device}", seed)


def load(device: str) -> DeviceKey:
    """Return the kept key of a device.

    Raises:
        DeskError: it is not on this machine, or does not belong to that device.
    """
    kept = secrets.get(device)
    key = from_seed(kept.value) if kept and len(kept.value) == bindings.crypto_sign_SEEDBYTES else None
    if key is None or key.device != device:
        raise DeskError(
            _("The key of this machine for this project is not here."),
            _("Everything can be read; to act, join the project again as a further machine."),
            code="KEY-110",
        )
    return key


def is_device(text: str) -> bool:
    """Tell whether a text is a device id that may be admitted: canonical base32 of a sound public key."""
    key = from_base32(text) if len(text) == DEVICE_CHARS else None
    return key is not None and len(key) == bindings.crypto_sign_PUBLICKEYBYTES and _is_sound(key)


def _is_sound(key: bytes) -> bool:
    return bool(bindings.crypto_core_ed25519_is_valid_point(key))
