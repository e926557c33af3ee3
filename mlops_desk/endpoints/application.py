"""The routes of a served model, as an ASGI application: the guard first, then the route, then the model."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desk.endpoints.capture import Answered
from mlops_desk.endpoints.connection import ADMITTED
from mlops_desk.endpoints.described import Answer, Answers, Asked, Health, described, openapi
from mlops_desk.endpoints.guard import Given, Guard
from mlops_desk.endpoints.recorder import Recorder
from mlops_desk.endpoints.refusal import Refused, Reply, broken
from mlops_desk.endpoints.served import Served
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.predict import Prediction

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

MOST_BYTES = 1024 * 1024
MOST_ROWS = 10_000
INLINE_ROWS = 8
_BEHIND_S = 0.02
_ALWAYS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_asked = msgspec.json.Decoder(Asked)


class _Gone(Exception):  # noqa: N818 - nobody is left to be told
    """The client closed the connection before its request was whole."""


class Application:
    """Answers requests with the model in ``served``, which may be replaced at any time."""

    def __init__(self, served: Served, guard: Guard, recorder: Recorder) -> None:
        self.served = served
        self._guard = guard
        self._recorder = recorder
        self._pool = ThreadPoolExecutor(max_workers=max(2, min(4, os.cpu_count() or 2)), thread_name_prefix="predict")
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        self.routes: dict[str, tuple[bytes, Callable[[Given, ASGIReceiveCallable, str], Awaitable[Reply]]]] = {
            "/predict": (b"POST", self._predict),
            "/schema": (b"GET", self._schema),
            "/health": (b"GET", self._health),
            "/openapi.json": (b"GET", self._openapi),
        }

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request; there is an answer, and a JSON one, whatever happens."""
        request_id = f"{self._prefix}-{next(self._numbers)}"
        try:
            reply = await self._reply(scope, receive, request_id)
        except Refused as refused:
            reply = refused.reply
        except _Gone:
            return
        except Exception as error:  # noqa: BLE001 - a bug must not end the service, nor show itself to clients
            # Where it happened and its kind; its words may quote a value of somebody's row.
            traceback.print_tb(error.__traceback__, file=sys.stderr)
            sys.stderr.write(f"{type(error).__name__}\n")
            reply = broken()
        length = (b"content-length", b"%d" % len(reply.body))
        headers = [*_ALWAYS, length, (b"x-request-id", request_id.encode()), *reply.headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})

    async def _reply(self, scope: Any, receive: ASGIReceiveCallable, request_id: str) -> Reply:
        given = await self._guard.admit(scope["headers"])
        scope[ADMITTED] = True
        method, answer = self.routes.get(scope["path"], (b"", None))
        if answer is None:
            raise Refused(404, _no_route())
        if scope["method"].encode() != method:
            raise Refused(405, _no_method(method), ((b"allow", method),))
        return await answer(given, receive, request_id)

    async def _schema(self, _given: Given, _receive: ASGIReceiveCallable, _id: str) -> Reply:
        return Reply(200, msgspec.json.encode(described(self.served)))

    async def _health(self, _given: Given, _receive: ASGIReceiveCallable, _id: str) -> Reply:
        status = self._recorder.status(self.served)
        health = Health("ok", status.model, status.release_id, status.environment, status.service)
        return Reply(200, msgspec.json.encode(health))

    async def _openapi(self, _given: Given, _receive: ASGIReceiveCallable, _id: str) -> Reply:
        return Reply(200, msgspec.json.encode(openapi(self.served)))

    async def _predict(self, given: Given, receive: ASGIReceiveCallable, request_id: str) -> Reply:
        """Answer rows, note how it went, and take down what was answered."""
        served, start, rows = self.served, time.perf_counter(), 0
        status = 500
        try:
            body = await _read_json(given, receive)
            start = time.perf_counter()
            asked = _rows_of(body)
            while self._recorder.is_behind:  # noqa: ASYNC110 - a thread writes, and has no event of this loop
                await asyncio.sleep(_BEHIND_S)
            served = self.served  # a request that waited is answered by the model of now
            predictions, answer = await self._ask(served, asked)
            self._recorder.answered(Answered(served, time.time_ns() // 1000, request_id, asked, predictions))
            status, rows = 200, len(asked)
            return Reply(200, answer)
        except Refused as refused:
            status = refused.reply.status
            raise
        except _Gone:
            status = 499  # the client's doing, as nginx counts it
            raise
        finally:
            self._recorder.note(served, status, rows, (time.perf_counter() - start) * 1000)

    async def _ask(self, served: Served, rows: list[dict[str, Any]]) -> tuple[list[Prediction], bytes]:
        try:
            if served.quick and len(rows) <= INLINE_ROWS:
                return _answers(served, rows)
            return await asyncio.get_running_loop().run_in_executor(self._pool, _answers, served, rows)
        except DeskError as error:
            raise Refused(422, error) from error


def _answers(served: Served, rows: list[dict[str, Any]]) -> tuple[list[Prediction], bytes]:
    predictions = served.ask(rows)
    shown = [Answer(one.label, one.value, one.scores) for one in predictions]
    return predictions, msgspec.json.encode(Answers(served.label, served.release_id, shown))


async def _read_json(given: Given, receive: ASGIReceiveCallable) -> bytes:
    """Return the body, counted while it arrives."""
    if given.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        raise Refused(415, _no_json())
    if given.get(b"content-encoding", b"identity") != b"identity":
        raise Refused(415, _no_json())
    if int(given.get(b"content-length", b"0")) > MOST_BYTES:
        raise Refused(413, _too_large())
    body: bytes = b""
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            raise _Gone
        body += message["body"]
        if len(body) > MOST_BYTES:
            raise Refused(413, _too_large())
        if not message["more_body"]:
            return body


def _rows_of(body: bytes) -> list[dict[str, Any]]:
    try:
        rows = _asked.decode(body).rows
    except msgspec.ValidationError as error:
        raise Refused(422, _no_rows(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, _malformed(str(error))) from error
    if len(rows) > MOST_ROWS:
        raise Refused(413, _too_many_rows(len(rows)))
    return rows


def _no_route() -> DeskError:
    return DeskError(
        _("There is nothing at this path."), _("Ask POST /predict, GET /schema or GET /health."), code="SERVE-300"
    )


def _no_method(method: bytes) -> DeskError:
    return DeskError(
        _("This path is asked in another way."), _("Use {method}.", method=method.decode()), code="SERVE-301"
    )


def _no_json() -> DeskError:
    return DeskError(
        _("The body must be JSON, not compressed."), _('Send "Content-Type: application/json".'), code="SERVE-302"
    )


def _too_large() -> DeskError:
    return DeskError(_("The body is larger than 1 MiB."), _("Ask in several requests."), code="SERVE-303")


def _too_many_rows(count: int) -> DeskError:
    return DeskError(
        _("{n} rows are more than the {most} that one request may hold.", n=count, most=MOST_ROWS),
        _("Ask in several requests."),
        code="SERVE-304",
    )


def _malformed(reason: str) -> DeskError:
    return DeskError(
        _("The body is not valid JSON: {reason}", reason=reason),
        _("Write null for no value: JSON has no NaN and no infinity."),
        code="SERVE-305",
    )


def _no_rows(reason: str) -> DeskError:
    return DeskError(
        _("The body does not have the form that is asked for: {reason}", reason=reason),
        _("Send {form}.", form='{"rows": [{"input": value, …}, …]}'),
        code="SERVE-306",
    )
