"""Secrets of this machine: in the keychain of the system, else in files only the person can read."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any, Literal

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.settings import data_folder
from mlops_desk.kernel.words import _

PASSPHRASE_VARIABLE = "MLOPS_DESK_PASSPHRASE"  # noqa: S105 - the name of a variable
SEALED_CODE = "KEY-101"
_SERVICE = "mlops-desk"
_PLAIN, _SEALED = b"plain:", b"sealed:"
_SALT_BYTES = 16
_REFUSED_BACKENDS = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail", "keyring.backends.chainer")

Kind = Literal["keychain", "file", "sealed file"]

_opened: dict[str, bytes] = {}  # sealed secrets that a person opened for as long as this process lives


class Kept(msgspec.Struct, frozen=True):
    """A secret, and where it is kept."""

    value: bytes
    kind: Kind


def _keychain() -> Any:
    """Return the system's keychain, or None where there is none that encrypts."""
    if os.environ.get("MLOPS_DESK_HOME"):
        return None  # another identity on this machine: its keys lie in its own home
    import keyring

    backend: Any = keyring.get_keyring()
    module = type(backend).__module__
    if module.startswith("keyring.backends.chainer"):
        parts = [each for each in backend.backends if not type(each).__module__.startswith(_REFUSED_BACKENDS)]
        return parts[0] if parts else None
    return None if module.startswith(_REFUSED_BACKENDS) else backend


def _file(name: str) -> Path:
    return data_folder() / "keys" / f"{name}.key"


def put(name: str, value: bytes) -> Kind:
    """Keep a secret under a name; returns where.

    Raises:
        DeskError: neither the keychain nor the file can be written.
    """
    keychain = _keychain()
    if keychain is not None:
        try:
            keychain.set_password(_SERVICE, name, base64.b64encode(value).decode())
        except Exception:  # noqa: BLE001 - a locked or broken keychain fails in its own ways; the file serves
            keychain = None
    if keychain is not None:
        return "keychain"
    _write(name, _PLAIN + base64.b64encode(value))
    return "file"


def get(name: str) -> Kept | None:
    """Return a secret, or None if none is kept under that name.

    Raises:
        DeskError: it is sealed and the pass-phrase is missing or wrong.
    """
    try:
        text = _file(name).read_bytes().strip()
    except FileNotFoundError:
        text = b""
    if text.startswith(_PLAIN):
        return Kept(base64.b64decode(text[len(_PLAIN) :]), "file")
    if text.startswith(_SEALED):
        return Kept(_opened.get(name) or _open(_sealed(text), os.environ.get(PASSPHRASE_VARIABLE, "")), "sealed file")
    keychain = _keychain()
    found = keychain.get_password(_SERVICE, name) if keychain is not None else None
    return Kept(base64.b64decode(found), "keychain") if found else None


def forget(name: str) -> None:
    """Forget a secret, wherever it is kept."""
    _opened.pop(name, None)
    _file(name).unlink(missing_ok=True)
    keychain = _keychain()
    if keychain is not None and keychain.get_password(_SERVICE, name):
        keychain.delete_password(_SERVICE, name)


def seal(name: str, passphrase: str) -> None:
    """Seal the file of a secret with a pass-phrase (Argon2id, XSalsa20-Poly1305).

    Raises:
        DeskError: there is no such file, because the secret lies in the keychain.
    """
    kept = get(name)
    if kept is None or kept.kind == "keychain":
        raise DeskError(
            _("The key lies in the keychain of the system, not in a file."),
            _("Nothing needs to be sealed."),
            code="KEY-103",
        )
    from nacl import secret, utils

    salt = utils.random(_SALT_BYTES)
    box = secret.SecretBox(_stretch(passphrase, salt))
    _write(name, _SEALED + base64.b64encode(salt + box.encrypt(kept.value)))


def unseal(name: str, passphrase: str) -> None:
    """Open a sealed secret for as long as this process lives.

    Raises:
        DeskError: the pass-phrase does not open it.
    """
    _opened[name] = _open(_sealed(_file(name).read_bytes().strip()), passphrase)


def kind_of(name: str) -> Kind | None:
    """Return where a secret is kept without opening it, or None if nowhere."""
    try:
        return "sealed file" if _file(name).read_bytes().startswith(_SEALED) else "file"
    except FileNotFoundError:
        keychain = _keychain()
        return "keychain" if keychain is not None and keychain.get_password(_SERVICE, name) else None


def _stretch(passphrase: str, salt: bytes) -> bytes:
    from nacl import pwhash, secret

    key: bytes = pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=pwhash.argon2id.OPSLIMIT_MODERATE,
        memlimit=pwhash.argon2id.MEMLIMIT_MODERATE,
    )
    return key


def _sealed(text: bytes) -> bytes:
    return base64.b64decode(text[len(_SEALED) :])


def _open(sealed: bytes, passphrase: str) -> bytes:
    if not passphrase:
        raise DeskError(
            _("Your key is sealed with a pass-phrase."),
            _("Give it: the window asks for it, commands read it from the variable {name}.", name=PASSPHRASE_VARIABLE),
            code=SEALED_CODE,
        )
    from nacl import exceptions, secret

    try:
        opened: bytes = secret.SecretBox(_stretch(passphrase, sealed[:_SALT_BYTES])).decrypt(sealed[_SALT_BYTES:])
    except exceptions.CryptoError:
        raise DeskError(
            _("The pass-phrase does not open your key."), _("Try again; nothing was changed."), code="KEY-102"
        ) from None
    return opened


def _write(name: str, content: bytes) -> None:
    target = _file(name)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
