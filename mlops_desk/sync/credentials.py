"""The token of a host: kept in the keyring, handed to git by a helper that git starts, never written anywhere else."""

from __future__ import annotations

import re
import shlex

import msgspec

from mlops_desk.kernel import secrets, wire
from mlops_desk.kernel.child import CREDENTIAL_ARGUMENT, command
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.sync.address import Address

USUAL_USER = "token"
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?")


class _Kept(msgspec.Struct):
    username: str
    password: str


def keep(host: str, token: str, username: str = USUAL_USER) -> secrets.Kind:
    """Keep the token of a host; returns where it is kept.

    Raises:
        DeskError: this is no name of a host, or no token.
    """
    if _HOST.fullmatch(host) is None:
        raise DeskError(
            _("“{host}” is not the name of a host.", host=host), _("Write it like git.example.org."), code="SYNC-120"
        )
    if not token or not (token + username).isprintable():
        raise DeskError(_("The token is empty or holds odd characters."), _("Nothing was kept."), code="SYNC-121")
    return secrets.put(_name(host), msgspec.json.encode(_Kept(username, token)))


def settings(address: Address | None) -> list[tuple[str, str]]:
    """Return the settings that make git ask us, and nobody else, for the token of an address."""
    nobody = [("credential.helper", "")]
    if address is None or address.kind != "https":
        return nobody
    return [*nobody, ("credential.helper", "!" + shlex.join(command(CREDENTIAL_ARGUMENT)))]


def answer(operation: str, question: str) -> str:
    """Return what git is told; it may ask with ``get``, while ``store`` and ``erase`` change nothing here."""
    asked = dict(line.partition("=")[::2] for line in question.splitlines())
    host = asked.get("host", "").lower()
    if operation != "get" or asked.get("protocol") != "https" or _HOST.fullmatch(host) is None:
        return ""
    found = secrets.get(_name(host))
    if found is None:
        return ""
    kept = wire.read(found.value, _Kept)
    return f"username={asked.get('username') or kept.username}\npassword={kept.password}\n"


def _name(host: str) -> str:
    return "git-" + host.replace(":", "_")
