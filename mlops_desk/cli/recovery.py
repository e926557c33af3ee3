"""The commands about loss: show and save the recovery key, recover with it, go on with a new key for this machine."""

from __future__ import annotations

import argparse
import getpass
import sys

from mlops_desk.cli import output
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.words import _
from mlops_desk.workspace import Workspace, machine
from mlops_desk.workspace.recovery import Recovery, forget, unsaved_words


def fill_key(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``project recovery-key``."""
    parser.add_argument(
        "--saved", action="store_true", help=_("Type the 24 words from the paper; then this machine forgets them.")
    )
    parser.set_defaults(bound=_do_key)


def _do_key(workspace: Workspace, arguments: argparse.Namespace) -> int:
    found = unsaved_words(workspace)
    if arguments.saved:
        forget(workspace, _typed_words())
        output.say(_("Right. This machine has forgotten the words; keep the paper where no computer is."))
        return 0
    if not found:
        raise DeskError(
            _("The words of the recovery key are not on this machine."),
            _("They were shown on the machine of the founder, until somebody saved them."),
            code="KEY-126",
        )
    if arguments.json:
        output.document({"words": found})
    else:
        say_words(found)
    return 0


def say_words(words: str) -> None:
    """Show 24 words in lines of six, and what to do with them."""
    output.say(_("Write these 24 words on paper. Who has them is senior to every owner of this project:"))
    split = words.split()
    for start in range(0, len(split), 6):
        output.say("  " + " ".join(split[start : start + 6]))
    output.say(_("Then type them once: `mlops-desk project recovery-key --saved`."))


def fill_recover(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``team recover``."""
    parser.add_argument("--member", default="", metavar="NAME", help=_("Make this machine one of this member's."))
    parser.add_argument("--owner", default="", metavar="NAME", help=_("Make this member an owner."))
    parser.add_argument("--keep-machines", action="store_true", help=_("Do not retire the member's other machines."))
    parser.add_argument("--new-words", action="store_true", help=_("Replace the recovery key and show its new words."))
    parser.set_defaults(bound=_do_recover)


def _do_recover(workspace: Workspace, arguments: argparse.Namespace) -> int:
    if not (arguments.member or arguments.owner or arguments.new_words):
        raise DeskError(
            _("Say what to recover."), _("One of --member NAME, --owner NAME and --new-words."), code="KEY-127"
        )
    recovery = Recovery(workspace, _typed_words())
    done: list[str] = []
    if arguments.member:
        done += recovery.take_this_machine(arguments.member, keeps_others=arguments.keep_machines)
    if arguments.owner:
        done += recovery.make_owner(arguments.owner)
    words = recovery.replace() if arguments.new_words else ""
    if arguments.json:
        output.document({"done": done, "words": words or None})
        return 0
    for each in done:
        output.say(each)
    if words:
        say_words(words)
    output.say(_("Send it with `mlops-desk sync`."))
    return 0


def _typed_words() -> str:
    """Return 24 words typed at a prompt that shows nothing, or read from the standard input; never an argument."""
    if sys.stdin.isatty():
        return getpass.getpass(_("The 24 words: "))
    return sys.stdin.read()


def fill_renew(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``team device renew``."""
    parser.set_defaults(bound=_do_renew)


def _do_renew(workspace: Workspace, arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace.joining import renew

    words = fingerprint(renew(workspace))
    if arguments.json:
        output.document({"words": words})
        return 0
    output.say(_("This machine has a new key and asks to be admitted as a further machine of yours."))
    output.say(_("Send it with `mlops-desk sync`, and say these words to an owner: {words}", words=words))
    return 0


def fill_moved(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``team device moved``."""
    parser.set_defaults(bound=_do_moved)


def _do_moved(workspace: Workspace, arguments: argparse.Namespace) -> int:
    machine.move(workspace.project, workspace.device)
    if arguments.json:
        output.document({"device": workspace.device})
        return 0
    output.say(_("This machine goes on with its key here. Never use the place again where it was before."))
    return 0
