"""Answers that last: computed from the rows once, kept until the rows, the day or the code change."""

from __future__ import annotations

import typing
from collections.abc import Callable
from threading import RLock
from typing import Any

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.clock import today
from mlops_desk.projection.database import Database


class Answers:
    """What is known of one content of the store; when the content changes, another one takes its place.

    ``memo`` is shared by all readers of this content. Answers to lasting questions are stored as well, so that
    the next process that finds the same content on the same day need not compute them again.
    """

    def __init__(self, database: Database, content: str) -> None:
        self.memo: dict[Any, Any] = {}
        self._database = database
        self.content = content
        self._known: dict[str, Any] = {}
        self._asked: dict[str, RLock] = {}
        self._new: set[str] = set()  # questions whose answers are not stored yet

    def after(self, content: str, nouns: frozenset[str]) -> Answers:
        """Return the answers of the next content, in which rows of some nouns changed.

        Single rows and plain lists of the other nouns are known still.
        """
        following = Answers(self._database, content)
        following.memo.update({key: found for key, found in self.memo.items() if _is_about_others(key, nouns)})
        return following

    def find(self, rows: Any, query: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Return the answer to a lasting question, computed only where it is not known, and by one asker at a time."""
        question = f"{query.__module__}.{query.__qualname__}{values!r}{named!r} {today()}"
        with self._asked.setdefault(question, RLock()):
            if question not in self._known:
                self._look_up(rows, question, query, values, named)
        return self._known[question]

    def _look_up(
        self, rows: Any, question: str, query: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        stored = rows.sql("SELECT answer FROM computed WHERE question = ? AND content = ?", question, self.content)
        if stored:
            kind = typing.get_type_hints(query)["return"]
            self._known[question] = wire.read(stored[0][0], kind)
        else:
            self._known[question] = query(rows, *values, **named)
            self._new.add(question)

    def save(self) -> None:
        """Store what was computed; what was stored for another content goes."""
        if self._new:
            rows = [
                {"question": each, "content": self.content, "answer": msgspec.json.encode(self._known[each]).decode()}
                for each in sorted(self._new)
            ]
            with self._database.transaction():
                self._database.sql("DELETE FROM computed WHERE content <> ?", self.content)
                self._database.insert("computed", rows)
            self._new.clear()


def _is_about_others(key: tuple[Any, ...], nouns: frozenset[str]) -> bool:
    """Tell whether what a reader remembers under a key cannot have changed with the rows of some nouns."""
    return key[0] in ("get", "find") and key[1] not in nouns and "select" not in str(key[2]).lower()
