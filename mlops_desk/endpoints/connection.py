"""One connection with deadlines: uvicorn has none for slow headers and bodies (Kludex/uvicorn, issue 157)."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from mlops_desk.endpoints.refusal import problem
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from uvicorn.server import ServerState

HEADER_BYTES = 16 * 1024
MOST_CONNECTIONS = 64
SWEEP_S = 0.25
ADMITTED = "mlops_desk.admitted"  # the guard's mark in the scope of a request that came with the key
_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 503: b"Service Unavailable"}


class Connection(H11Protocol):
    """Reads requests; `sweep` closes it when a header or body takes too long.

    ``deadline`` is in the time of the loop, and infinite while nobody waits for the client: while an
    answer is being made, and between requests (uvicorn's own timer ends idle connections).
    """

    header_s = 5.0
    body_s = 30.0
    deadline = math.inf
    scope: Any  # None before the first request, whatever uvicorn's types say; so is the cycle
    cycle: Any
    _timed: Any = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless too many have begun already; those without the key give way, the oldest first."""
        super().connection_made(transport)
        self.deadline = self.loop.time() + self.header_s
        if len(self.connections) > MOST_CONNECTIONS:
            strangers = [one for one in self.connections if isinstance(one, Connection) and not one.admitted]
            min(strangers, key=lambda one: one.deadline if one is not self else math.inf).end(503, _too_many())

    @property
    def admitted(self) -> bool:
        """Tell whether the latest request came with the key."""
        return self.scope is not None and ADMITTED in self.scope

    def data_received(self, data: bytes) -> None:
        """Take bytes, and wait only so long for the rest."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._wait_on()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        self.deadline = math.inf
        super().on_response_complete()
        if self.cycle is not None and not self.cycle.response_complete:  # it had been sent along already
            self._wait_on()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, or has headers beyond any measure."""
        del msg
        self.end(400, DeskError(_("This is no HTTP request that can be read."), "", code="SERVE-204"))

    def end(self, status: int, error: DeskError) -> None:
        """Say why, and close."""
        if self.transport.is_closing():
            self.transport.abort()
            return
        self.deadline = self.loop.time()  # if the client does not take this either, the next sweep cuts it off
        body = problem(status, error).body
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\ncache-control: no-store\r\n"
            b"x-content-type-options: nosniff\r\nconnection: close\r\n\r\n%s"
            % (status, _REASONS[status], len(body), body)
        )
        self.transport.close()

    def _wait_on(self) -> None:
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            if self.deadline == math.inf:
                self.deadline = self.loop.time() + self.header_s
        elif not cycle.more_body:
            self.deadline = math.inf
        elif cycle is not self._timed:
            self._timed = cycle
            self.deadline = self.loop.time() + self.body_s


def connection_type(header_s: float, body_s: float) -> type[Connection]:
    """Return the kind of connection with these deadlines."""
    return type("TimedConnection", (Connection,), {"header_s": header_s, "body_s": body_s})


async def sweep(state: ServerState) -> None:
    """Close connections whose deadline is over, for ever."""
    while True:
        await asyncio.sleep(SWEEP_S)
        now = asyncio.get_running_loop().time()
        for one in list(state.connections):
            if isinstance(one, Connection) and one.deadline < now:
                one.end(408, _too_slow())


def _too_slow() -> DeskError:
    return DeskError(_("The request did not arrive in time."), _("Send it in one go."), code="SERVE-205")


def _too_many() -> DeskError:
    return DeskError(
        _("Too many connections are open."), _("Close some, or keep them open and use them again."), code="SERVE-206"
    )
