"""What is answered when a request is refused: a status, and the error as JSON."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

Headers = tuple[tuple[str, str], ...]


class Fault(msgspec.Struct, frozen=True):
    """What is wrong, in words for people and a code for programs."""

    code: str
    sentence: str
    hint: str


class Problem(msgspec.Struct, frozen=True):
    """The body of every answer that is no success."""

    error: Fault


class Reply(NamedTuple):
    """An answer: status, JSON, and headers beyond those that all answers carry."""

    status: int
    body: bytes
    headers: Headers = ()


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """A request ends here with this reply."""

    def __init__(self, status: int, error: DeskError, headers: Headers = ()) -> None:
        super().__init__(error.sentence)
        self.reply = problem(status, error, headers)


def problem(status: int, error: DeskError, headers: Headers = ()) -> Reply:
    """Return the reply that tells an error."""
    fault = Fault(code=error.code, sentence=error.sentence, hint=error.hint)
    return Reply(status, msgspec.json.encode(Problem(error=fault)), headers)


def broken() -> Reply:
    """Return the reply for a bug of ours; what happened is in the error stream, never in the answer."""
    return problem(
        500, DeskError(_("The endpoint failed at this request."), _("Tell those who run it."), code="SERVE-500")
    )
