"""What people do: an act is a frozen class in the imperative, and its fields are what it needs to know."""

import inspect
from collections.abc import Iterable
from typing import Any, ClassVar

from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.record import Declared
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _


class Act(Declared):
    """One thing a person does: checked against the present rows, then written as one entry.

    ``noun`` and ``verb`` name it in commands and in the journal; ``command`` where the
    words of the command line differ; ``done`` is the sentence afterwards, a template over the
    act's fields. ``approval`` acts are held when their author's device was copied.
    ``does_without_entry`` acts have done their work, such as writing a file, also where nothing changes.
    """

    noun: ClassVar[str] = ""
    verb: ClassVar[str] = ""
    command: ClassVar[tuple[str, ...]] = ()
    done: ClassVar[str] = ""
    approval: ClassVar[bool] = False
    asks_first: ClassVar[bool] = False
    does_without_entry: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        noun: str = "",
        verb: str = "",
        command: tuple[str, ...] = (),
        done: str = "",
        approval: bool = False,
        asks_first: bool = False,
        does_without_entry: bool = False,
    ) -> None:
        super().__init_subclass__()
        cls.noun, cls.verb, cls.done = noun, verb, done
        cls.command = command or (noun, verb)
        cls.approval, cls.asks_first, cls.does_without_entry = approval, asks_first, does_without_entry

    @classmethod
    def told(cls) -> str:
        """Return what it does, in words for people: a sentence, then what else its description says."""
        first, _feed, more = inspect.cleandoc(cls.__doc__ or cls.entry_kind()).partition("\n")
        return f"{_(first)}\n{_(more.strip())}" if more.strip() else _(first)

    @classmethod
    def entry_kind(cls) -> str:
        """Return the kind that its entries carry: ``<noun>.<verb>``."""
        return f"{cls.noun}.{cls.verb}"

    def prepare(self, bench: Bench) -> Any:
        """Do the long work, off the lock; what it returns is given to :meth:`changes`."""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:
        """Return what the act changes.

        Raises:
            DeskError: it cannot be done, with the reason and what to do.
        """
        raise NotImplementedError

    def found(self, prepared: Any) -> str:  # noqa: ARG002
        """Return a sentence about what the long work found, said after ``done``; most acts have none."""
        return ""

    def is_urgent(self, rows: Rows) -> bool:  # noqa: ARG002
        """Tell whether others wait to see what was done: approvals are."""
        return self.approval

    def outcome(self, rows: Rows) -> str:  # noqa: ARG002
        """Return a sentence about what follows, said after ``done``; most acts have none."""
        return ""
