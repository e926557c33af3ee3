"""Work in a child process with limits: this executable again, a job by pipe, progress and the answer by pipe."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
import threading
import time
import typing
from collections.abc import Callable
from typing import IO, Any

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.limits import limit, whole_memory
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

HIDDEN_ARGUMENT, SERVE_ARGUMENT, WINDOW_ARGUMENT = "--work", "--serve", "--window"
CREDENTIAL_ARGUMENT = "--credential"
_ROOMS = ("mlops_desk.science.", "mlops_desk.areas.reports.")
_POLL_S = 0.05
_TERMINATE_S = 2.0
NICENESS = 10  # whoever waits for the machine's next breath, a person comes before a computation


class Stop:
    """A wish to stop, shared between the person's thread and the one that waits for the child.

    ``has_child`` is true while a child process does the work: only such work can be ended by force.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._since = 0.0
        self.is_forced = False
        self.has_child = False

    def set(self) -> None:
        """Ask the work to stop."""
        if not self._event.is_set():
            self._since = time.monotonic()
            self._event.set()

    def force(self) -> None:
        """Ask the work to stop, and kill the child that does it."""
        self.is_forced = True
        self.set()

    @property
    def waited_s(self) -> float:
        """For how many seconds the wish has not been fulfilled; 0 where there is none."""
        return time.monotonic() - self._since if self.wished else 0.0

    @property
    def wished(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, but no longer than until somebody asks to stop."""
        return self._event.wait(seconds)


def go_on(stop: Stop | None) -> None:
    """Raise Cancelled where somebody wished to stop work that only reads."""
    if stop is not None and stop.wished:
        raise Cancelled(_("Stopped."), _("Nothing was changed."), code="TASK-101")


def command(argument: str, *more: str) -> list[str]:
    """Return the command that starts this executable again with a hidden argument.

    ``-P`` keeps the folder in which it starts off the path: a project folder may hold anybody's Python files.
    """
    frozen = bool(getattr(sys, "frozen", False))
    return [sys.executable, *([] if frozen else ["-P", "-m", "mlops_desk"]), argument, *more]


def run(task: Callable[..., Any], job: Any, progress: Progress, stop: Stop) -> Any:
    """Run a public function of a room for it, such as ``science``, in a child process and return what it returns.

    The function takes a job (one msgspec structure) and a :class:`Progress`.

    Raises:
        Cancelled: somebody asked to stop; the child is gone.
        DeskError: what the function refused, or that the child died.
    """
    with tempfile.TemporaryDirectory(prefix="mlops-desk-") as scratch:
        return _run(task, job, progress, stop, scratch)


def _run(task: Callable[..., Any], job: Any, progress: Progress, stop: Stop, scratch: str) -> Any:
    """Run the child with a temporary folder that goes with it, however it ends: it may hold copies of data."""
    child = subprocess.Popen(
        command(HIDDEN_ARGUMENT, f"{task.__module__}:{task.__qualname__}"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": scratch},
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )
    assert child.stdin
    assert child.stdout
    assert child.stderr
    ended = threading.Event()
    stop.has_child = True
    watcher = threading.Thread(target=_watch, args=(child, stop, ended), daemon=True)
    watcher.start()
    complaints: list[bytes] = []
    reader = threading.Thread(target=lambda: complaints.append(child.stderr.read()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    try:
        answer = _converse(child.stdin, child.stdout, job, progress)
    finally:
        ended.set()
        stop.has_child = False
        child.stdout.close()
        _end(child)
        reader.join(_TERMINATE_S)
        child.stderr.close()
    if stop.wished:
        raise Cancelled(_("Stopped."), _("Everything is as it was before."), code="TASK-101")
    return _understood(answer, task, b"".join(complaints))


def _converse(stdin: IO[bytes], stdout: IO[bytes], job: Any, progress: Progress) -> dict[str, Any]:
    try:
        stdin.write(msgspec.json.encode(job) + b"\n")
        stdin.close()
    except BrokenPipeError:
        return {}
    for line in stdout:
        message: dict[str, Any] = msgspec.json.decode(line)
        if "step" not in message:
            return message
        progress(message["step"], message["done"], message["total"])
    return {}


def _understood(answer: dict[str, Any], task: Callable[..., Any], complaint: bytes) -> Any:
    if "error" in answer:
        error = answer["error"]
        raise DeskError(error["sentence"], error["hint"], code=error["code"])
    if "answer" in answer:
        return wire.fitted(answer["answer"], typing.get_type_hints(task)["return"], is_strict=False)
    said = complaint.decode(errors="replace").strip().splitlines()
    detail = [line for line in said if not line.startswith("[PYI-")]  # the frozen program's last word gives no reason
    raise DeskError(
        _("The work ended before it was done."),
        _(
            "Nothing was recorded. It may need more memory than is free. Details: {reason}",
            reason=detail[-1] if detail else "-",
        ),
        code="TASK-310",
    )


def _watch(child: subprocess.Popen[bytes], stop: Stop, ended: threading.Event) -> None:
    """Ask the child to end when somebody wishes it, and kill it when they insist."""
    while not ended.is_set() and not stop.wait(_POLL_S):
        pass
    if not ended.is_set():
        child.terminate()
    while not ended.wait(_POLL_S):
        if stop.is_forced:
            child.kill()
            return


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(_TERMINATE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


# --- inside the child -------------------------------------------------------------------------


def serve(name: str) -> int:
    """Be the child: read the job, run the named function, write progress and answer, and end the process."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    limit(memory_bytes=whole_memory())
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not spoil the pipe
    module_name, _colon, function_name = name.partition(":")
    if not module_name.startswith(_ROOMS):
        return 2
    task = getattr(importlib.import_module(module_name), function_name)
    kinds = [kind for part, kind in typing.get_type_hints(task).items() if part != "return"]
    job = wire.read(sys.stdin.buffer.readline(), kinds[0], is_strict=False)

    def say(step: str, done: int, total: int) -> None:
        output.write(msgspec.json.encode({"step": step, "done": done, "total": total}) + b"\n")

    try:
        message: dict[str, Any] = {"answer": task(job, say)}
    except DeskError as error:
        message = {"error": {"sentence": error.sentence, "hint": error.hint, "code": error.code}}
    output.write(msgspec.json.encode(message) + b"\n")
    sys.stderr.flush()
    os._exit(0)  # everything is written and closed; taking the libraries down takes longer than many a task
