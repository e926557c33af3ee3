"""Who may come in: the right host name, no browser, and the key; asked before anything else of a request."""

from __future__ import annotations

import asyncio
import time

from mlops_desk.endpoints.refusal import Refused
from mlops_desk.kernel.endpoint import key_fits
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

FREE_FAILURES = 20
FORGET_FAILURES_S = 60.0
BACK_OFF_S = 1.0
_ONCE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"origin",
        b"transfer-encoding",
    }
)
_BEARER = b"Bearer "


class Guard:
    """Lets requests in that name this host, come from no web page and carry the key."""

    def __init__(self, key_hash: str, port: int) -> None:
        self._key_hash = key_hash
        self._hosts = frozenset({f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()})
        self._failures = 0
        self._last_failure = 0.0

    async def admit(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Raise `Refused` unless the request may come in; a wrong key waits once there were many of them."""
        given = dict(headers)
        if len(given) != len(headers):
            _refuse_twice(headers)
        if given.get(b"host") not in self._hosts:
            raise Refused(400, _not_here())
        if b"origin" in given or given.get(b"sec-fetch-site", b"none") != b"none":
            raise Refused(403, _no_pages())
        if b"content-length" in given and b"transfer-encoding" in given:
            raise Refused(400, _twice("content-length"), (("connection", "close"),))
        authorization = given.get(b"authorization", b"")
        if not authorization.startswith(_BEARER) or not key_fits(authorization[len(_BEARER) :], self._key_hash):
            await self._back_off()
            raise Refused(401, _no_key(), (("www-authenticate", "Bearer"),))

    async def _back_off(self) -> None:
        now = time.monotonic()
        if now - self._last_failure > FORGET_FAILURES_S:
            self._failures = 0
        self._failures += 1
        self._last_failure = now
        if self._failures > FREE_FAILURES:
            await asyncio.sleep(BACK_OFF_S)


def _refuse_twice(headers: list[tuple[bytes, bytes]]) -> None:
    names = [name for name, _value in headers]
    for name in names:
        if name in _ONCE and names.count(name) > 1:
            raise Refused(400, _twice(name.decode("ascii")), (("connection", "close"),))


def _twice(name: str) -> DeskError:
    return DeskError(_("The header {name} contradicts another one.", name=name), _("Send it once."), code="SERVE-200")


def _not_here() -> DeskError:
    return DeskError(
        _("This endpoint does not answer under that host name."),
        _("Use the address that it was started with, 127.0.0.1 or localhost and the port."),
        code="SERVE-201",
    )


def _no_pages() -> DeskError:
    return DeskError(_("This endpoint does not answer web pages."), _("Ask it from a program."), code="SERVE-202")


def _no_key() -> DeskError:
    return DeskError(
        _("The key is missing or wrong."), _('Send the header "Authorization: Bearer KEY".'), code="SERVE-203"
    )
