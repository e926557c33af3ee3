"""A bug behind the endpoint: the client gets a plain answer, and the error stream no value of the row."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mlops_desk.endpoints.application import Application


def test_that_a_bug_is_told_by_place_and_kind_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    class Open:
        async def admit(self, _headers: Any) -> None:
            pass

    application = Application(None, Open(), None)  # type: ignore[arg-type]
    sent: list[Any] = []

    words = "cannot convert 'Dmitri Costa'"

    async def broken(*_given: Any) -> None:
        raise ValueError(words)

    async def send(message: Any) -> None:
        sent.append(message)

    application.router = broken  # type: ignore[assignment]
    asyncio.run(application({"type": "http", "headers": []}, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 500
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "in broken" in said
    assert "Costa" not in said
    assert b"Costa" not in sent[1]["body"]
