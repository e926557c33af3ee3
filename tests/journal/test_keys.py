"""Device keys: the id is the key, weak keys are refused, secrets stay where they belong."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from nacl import bindings
from nacl.exceptions import BadSignatureError

from mlops_desk.journal import keys
from mlops_desk.kernel import secrets
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import base32, from_base32


def test_that_a_device_id_is_its_public_key() -> None:
    key = keys.from_seed(b"\x07" * 32)
    assert len(key.device) == 52
    assert from_base32(key.device) == key.secret[32:]
    assert keys.is_device(key.device)


def test_that_spare_bits_in_a_device_id_are_refused() -> None:
    device = keys.from_seed(b"\x07" * 32).device
    other = device[:-1] + chr(ord(device[-1]) + 1)
    assert from_base32(other) is None
    assert not keys.is_device(other)


@pytest.mark.parametrize("weak", [bytes(32), b"\x01" + bytes(31), bytes.fromhex("ec" + "ff" * 30 + "7f")])
def test_that_keys_of_small_order_are_no_devices(weak: bytes) -> None:
    assert not keys.is_device(base32(weak))


def test_that_a_signature_with_s_plus_l_is_refused() -> None:
    key = keys.from_seed(b"\x07" * 32)
    signature = bindings.crypto_sign(b"x", key.secret)[:64]
    order = 2**252 + 27742317777372353535851937790883648493
    bigger = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    with pytest.raises(BadSignatureError):
        bindings.crypto_sign_open(signature[:32] + bigger + b"x", key.secret[32:])


def test_that_a_key_without_keychain_lies_in_a_file_that_only_the_person_reads(home: Path) -> None:
    key, kind = keys.create()
    assert kind == "file"
    [path] = (home / "data" / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load(key.device) == key
    assert "secret" not in repr(key)


def test_that_a_sealed_key_opens_with_its_pass_phrase_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, _kind = keys.create()
    secrets.seal(key.device, "correct horse")
    assert secrets.kind_of(key.device) == "sealed file"
    with pytest.raises(DeskError, match="sealed"):
        keys.load(key.device)
    monkeypatch.setenv(secrets.PASSPHRASE_VARIABLE, "wrong")
    with pytest.raises(DeskError, match="does not open"):
        keys.load(key.device)
    monkeypatch.setenv(secrets.PASSPHRASE_VARIABLE, "correct horse")
    assert keys.load(key.device) == key


def test_that_a_missing_key_is_a_sentence(home: Path) -> None:
    with pytest.raises(DeskError, match="is not here"):
        keys.load(keys.from_seed(b"\x07" * 32).device)
