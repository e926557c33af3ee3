"""The routes of a served model: the guard first, then the route, then the model."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from mlops_desk.endpoints.capture import Answered
from mlops_desk.endpoints.connection import ADMITTED
from mlops_desk.endpoints.described import Answer, Answers, Asked, Health, described, openapi
from mlops_desk.endpoints.guard import Guard
from mlops_desk.endpoints.recorder import Recorder
from mlops_desk.endpoints.refusal import Refused, Reply, broken, problem
from mlops_desk.endpoints.served import Served
from mlops_desk.kernel import wire
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.predict import Prediction

MOST_BYTES = 1024 * 1024
MOST_ROWS = 10_000
INLINE_ROWS = 8
_BEHIND_S = 0.02
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_REQUEST_ID = "mlops_desk.request_id"


class Application:
    """Answers requests with the model in ``served``, which may be replaced at any time."""

    def __init__(self, served: Served, guard: Guard, recorder: Recorder) -> None:
        self.served = served
        self._guard = guard
        self._recorder = recorder
        self._pool = ThreadPoolExecutor(max_workers=max(2, min(4, os.cpu_count() or 2)), thread_name_prefix="predict")
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        routes = [
            Route("/predict", self._predict, methods=["POST"]),
            Route("/schema", self._schema),
            Route("/health", self._health),
            Route("/openapi.json", self._openapi),
        ]
        self.router = Router(routes, redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; there is an answer, and a JSON one, whatever happens."""
        scope[_REQUEST_ID] = f"{self._prefix}-{next(self._numbers)}"
        try:
            await self._guard.admit(scope["headers"])
            scope[ADMITTED] = True
            scope["app"] = self  # lets the router raise what it has no route for
            await self.router(scope, receive, send)
        except Refused as refused:
            await _response(scope, refused.reply)(scope, receive, send)
        except HTTPException as error:
            await _response(scope, _unroutable(error))(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - a bug must not end the service, nor show itself to clients
            # Where it happened and its kind; its words may quote a value of somebody's row.
            traceback.print_tb(error.__traceback__, file=sys.stderr)
            sys.stderr.write(f"{type(error).__name__}\n")
            await _response(scope, broken())(scope, receive, send)

    async def _schema(self, request: Request) -> Response:
        return _response(request.scope, Reply(200, msgspec.json.encode(described(self.served))))

    async def _health(self, request: Request) -> Response:
        status = self._recorder.status(self.served)
        health = Health("ok", status.model, status.release_id, status.environment, status.service)
        return _response(request.scope, Reply(200, msgspec.json.encode(health)))

    async def _openapi(self, request: Request) -> Response:
        return _response(request.scope, Reply(200, msgspec.json.encode(openapi(self.served))))

    async def _predict(self, request: Request) -> Response:
        """Answer rows, note how it went, and take down what was answered."""
        served, start, rows = self.served, time.perf_counter(), 0
        status = 500
        try:
            body = await _read_json(request)
            start = time.perf_counter()
            asked = _rows_of(body)
            while self._recorder.is_behind:  # noqa: ASYNC110 - a thread writes, and has no event of this loop
                await asyncio.sleep(_BEHIND_S)
            served = self.served  # a request that waited is answered by the model of now
            predictions, answer = await self._ask(served, asked)
            self._recorder.answered(
                Answered(served, time.time_ns() // 1000, request.scope[_REQUEST_ID], asked, predictions)
            )
            status, rows = 200, len(asked)
            return _response(request.scope, Reply(200, answer))
        except Refused as refused:
            status = refused.reply.status
            raise
        except ClientDisconnect:
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


def _response(scope: Scope, reply: Reply) -> Response:
    """Return an answer with the headers that all answers carry."""
    headers = _ALWAYS | {"x-request-id": scope[_REQUEST_ID]} | dict(reply.headers)
    return Response(reply.body, reply.status, headers, "application/json")


def _unroutable(error: HTTPException) -> Reply:
    """Return the answer for a path, or a way to ask it, that there is not."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        return problem(error.status_code, _no_method(allowed), (("allow", allowed),))
    return problem(HTTPStatus.NOT_FOUND, _no_route())


async def _read_json(request: Request) -> bytes:
    """Return the body, counted while it arrives."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, _no_json())
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refused(415, _no_json())
    if int(request.headers.get("content-length", "0")) > MOST_BYTES:
        raise Refused(413, _too_large())
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Refused(413, _too_large())
    return body


def _rows_of(body: bytes) -> list[dict[str, Any]]:
    try:
        rows = wire.read(body, Asked).rows
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


def _no_method(allowed: str) -> DeskError:
    return DeskError(_("This path is asked in another way."), _("Use {method}.", method=allowed), code="SERVE-301")


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
