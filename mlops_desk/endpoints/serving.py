"""The child process of an endpoint: one model over HTTP on the loopback address, until its parent ends."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import msgspec
import uvicorn

from mlops_desk.endpoints.application import Application
from mlops_desk.endpoints.connection import HEADER_BYTES, MOST_CONNECTIONS, connection_type, sweep
from mlops_desk.endpoints.guard import Guard
from mlops_desk.endpoints.recorder import Recorder
from mlops_desk.endpoints.served import Served, load
from mlops_desk.kernel import wire
from mlops_desk.kernel.endpoint import HOST, ServeJob
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.limits import limit
from mlops_desk.kernel.words import _
from mlops_desk.science.captures import TidyJob, tidy

MEMORY_BYTES = 8 * 1024**3
SWITCH_S = 0.0005  # a tenth of Python's: while a thread writes files, requests wait so long for their turn
KEEP_ALIVE_S = 5
FINISH_S = 5
TIDY_S = 86_400


class Order(msgspec.Struct, frozen=True):
    """What the parent says after the job, one line each."""

    order: str
    number: int = 0
    job: ServeJob | None = None


class Server(uvicorn.Server):
    """uvicorn, which says when it answers, leaves Ctrl+C to the parent, and takes SIGTERM as a wish to end."""

    def __init__(self, config: uvicorn.Config, when_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = when_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self._when_started()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C reaches the whole group of processes: the parent decides and tells us through the pipe."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self.handle_exit)
        yield


class Child:
    """One run of the child: takes orders from the pipe, and ends with it."""

    def __init__(self, job: ServeJob, say: Callable[[dict[str, Any]], None]) -> None:
        self._job = job
        self._say = say
        self._sock = listening(job)
        self._port: int = self._sock.getsockname()[1]
        self._recorder: Recorder | None = None
        self._application: Application | None = None
        self._server: Server | None = None

    async def run(self) -> None:
        """Load the model and serve it until the parent says stop or is gone."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(loop,), name="orders", daemon=True).start()
        limit(memory_bytes=MEMORY_BYTES)
        served = await loop.run_in_executor(None, load, self._job)
        self._recorder = Recorder(self._job)
        threading.Thread(target=keep_tidy, args=(self._job,), name="housekeeping", daemon=True).start()
        self._application = Application(served, Guard(self._job.key_hash, self._port), self._recorder)
        self._server = Server(self._config(self._application), lambda: self._ready(served))
        gc.freeze()  # the model stays: the collector need not walk it in the middle of a request
        sweeper = asyncio.create_task(sweep(self._server.server_state))
        try:
            await self._server.serve(sockets=[self._sock])
        finally:
            sweeper.cancel()
            self._recorder.close()

    def _config(self, application: Application) -> uvicorn.Config:
        return uvicorn.Config(
            application,
            loop="asyncio",
            http=connection_type(self._job.header_s, self._job.body_s),
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            backlog=2 * MOST_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=FINISH_S,
            h11_max_incomplete_event_size=HEADER_BYTES,
        )

    def _ready(self, served: Served) -> None:
        self._say({"number": 0, "port": self._port, "notes": served.notes})

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin.buffer:
            order = wire.read(line, Order)
            asyncio.run_coroutine_threadsafe(self._obey(order), loop)
        if self._server is None:  # the parent is gone before anything was answered
            os._exit(1)
        loop.call_soon_threadsafe(self._orphaned)

    async def _obey(self, order: Order) -> None:
        assert self._server
        assert self._application
        assert self._recorder
        if order.order == "stop":
            self._server.should_exit = True
        elif order.order == "status":
            self._say({"number": order.number, "status": self._recorder.status(self._application.served)})
        elif order.order == "swap" and order.job:
            await self._swap(order.number, order.job)

    async def _swap(self, number: int, job: ServeJob) -> None:
        """Load the other model beside the one that answers, then let it take over between two requests."""
        assert self._application
        assert self._recorder
        try:
            served = await asyncio.get_running_loop().run_in_executor(None, load, job)
        except DeskError as error:
            self._say(told(error) | {"number": number})
            return
        except Exception as error:  # noqa: BLE001 - a bug, and still the parent waits for an answer
            self._say(told(DeskError(_("The model was not taken: {reason}", reason=repr(error)))) | {"number": number})
            return
        self._application.served = served
        self._recorder.turn()
        self._say({"number": number, "model": served.label})

    def _orphaned(self) -> None:
        """End at once: nobody is left who could stop this process."""
        assert self._server
        self._server.config.timeout_graceful_shutdown = 0
        self._server.should_exit = True


def keep_tidy(job: ServeJob) -> None:
    """Keep what is captured in order, at once and then every day; it may be ended with the process at any moment."""
    while job.capture_folder:
        try:
            tidy(TidyJob(folder=job.capture_folder, keep_days=job.keep_days))
        except Exception as error:  # noqa: BLE001 - a full disk or a bug here must not end the service
            sys.stderr.write(f"housekeeping: {type(error).__name__}\n")
        time.sleep(TIDY_S)


def listening(job: ServeJob) -> socket.socket:
    """Return a socket that listens on the loopback address only."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY by the last
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where SO_REUSEADDR would share the port
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, job.port))
        sock.listen(2 * MOST_CONNECTIONS)
    except (OSError, OverflowError) as error:
        sock.close()
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        raise DeskError(
            _("Port {port} is taken by another program.", port=job.port)
            if taken
            else _("Port {port} cannot be used: {reason}", port=job.port, reason=str(error)),
            _("Choose another port, or 0 for any that is free."),
            code="SERVE-102",
        ) from error
    return sock


def told(error: DeskError) -> dict[str, Any]:
    """Return an error as it goes through the pipe."""
    return {"error": {"sentence": error.sentence, "hint": error.hint, "code": error.code}}


def run() -> NoReturn:
    """Be the child: read the job, serve, and end with the pipe."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not spoil the pipe
    os.umask(0o077)  # what is captured is for nobody else
    sys.setswitchinterval(SWITCH_S)

    def say(message: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):
            output.write(msgspec.json.encode(message) + b"\n")

    code = 0
    try:
        job = wire.read(sys.stdin.buffer.readline(), ServeJob)
        asyncio.run(Child(job, say).run())
    except DeskError as error:
        say(told(error) | {"number": 0})
        code = 1
    sys.stderr.flush()
    os._exit(code)  # the thread that reads the pipe and a prediction nobody waits for would hold the interpreter
