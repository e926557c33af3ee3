"""The commands about objects that the shared folder does not take: where they lie, sending and fetching them."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from mlops_desk.cli import output
from mlops_desk.cli.interrupt import stop_on_interrupt
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.carried import FETCHED, SENT, Words, moved, reasons
from mlops_desk.workspace.elsewhere import Elsewhere, Outcome
from mlops_desk.workspace.lying import Lying

COLUMNS = (
    Column("title", _("Object")),
    Column("size_bytes", _("Bytes"), "whole"),
    Column("state", _("Where"), "state"),
    Column("leave", _("May leave")),
    Column("member", _("Recorded by")),
    Column("digest", _("sha256"), "id"),
)


def _fill_remote(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("path", nargs="?", metavar="PATH", help=_("A folder or network path; only for this machine."))
    what.add_argument("--none", action="store_true", help=_("Have no such place any more; what lies there stays."))
    parser.set_defaults(bound=_do_remote)


def _do_remote(workspace: Workspace, arguments: argparse.Namespace) -> int:
    elsewhere = Elsewhere.of(workspace)
    if arguments.none:
        elsewhere.forget()
    elif arguments.path:
        elsewhere.settle_at(arguments.path)
    if arguments.json:
        output.document({"remote": elsewhere.place or None})
    else:
        output.say(elsewhere.place or _("No place for objects is set on this machine."))
    return 0


def _fill_list(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(bound=_do_list)


def _do_list(workspace: Workspace, arguments: argparse.Namespace) -> int:
    found = Elsewhere.of(workspace).lying()
    if arguments.json:
        output.document([_document(each) for each in found])
    else:
        output.table(COLUMNS, found, _("No record names an object yet."))
    return 0


def _document(about: Lying) -> dict[str, object]:
    return {
        "id": about.digest,
        "title": about.title,
        "size_bytes": about.size_bytes,
        "is_here": about.is_here,
        "is_shared": about.is_shared,
        "at_remote": about.at_remote,
        "state": about.state,
        "member": about.member,
        "signatures_missing": about.missing,
    }


@contextmanager
def stopped_by_interrupt() -> Iterator[Stop]:
    """Give a wish to stop that Ctrl+C sets; afterwards Ctrl+C means what it meant before."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield stop_on_interrupt()
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


Carry = Callable[[Sequence[str], Progress, Stop], list[Outcome]]


def _fill_carry(carry: Callable[[Elsewhere], Carry], words: Words) -> Callable[[argparse.ArgumentParser], None]:
    def handle(workspace: Workspace, arguments: argparse.Namespace) -> int:
        progress = output.Progress(is_wanted=not arguments.json)
        try:
            with stopped_by_interrupt() as stop:
                outcomes = carry(Elsewhere.of(workspace))(arguments.subjects, progress, stop)
        finally:
            progress.end()
        return _told(outcomes, words, arguments)

    def fill(parser: argparse.ArgumentParser) -> None:
        text = _("A dataset, a version, a run, a model, or the beginning of a sha256; else all.")
        parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=text)
        parser.set_defaults(bound=handle)

    return fill


def _told(outcomes: list[Outcome], words: Words, arguments: argparse.Namespace) -> int:
    """Say what became of the objects; exit 1 if one that was asked for is not to be had, or one is damaged."""
    if arguments.json:
        output.document(outcomes)
    else:
        for each in moved(outcomes):
            output.say(f"  {each.title}")
        output.say(words.of(outcomes))
        for reason in reasons(outcomes):
            output.notice(reason)
    wrong = ("failed", "absent") if arguments.subjects else ("failed",)
    return 1 if any(each.done in wrong for each in outcomes) else 0


COMMANDS = (
    (
        ("objects", "remote"),
        _("Show or set the place for objects that the shared folder does not take."),
        _fill_remote,
    ),
    (
        ("objects", "send"),
        _("Send objects there; personal or sensitive data only once an owner and AI ethics signed."),
        _fill_carry(lambda elsewhere: elsewhere.send, SENT),
    ),
    (
        ("objects", "fetch"),
        _("Fetch objects from there; each is verified, and goes on where it was cut off."),
        _fill_carry(lambda elsewhere: elsewhere.fetch, FETCHED),
    ),
    (("objects", "list"), _("List every object that the records name, and where it lies."), _fill_list),
)
