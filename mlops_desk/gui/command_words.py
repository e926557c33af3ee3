"""What the command line calls a thing, and what does it in the window: so that one sentence serves both."""

from __future__ import annotations

import re

from mlops_desk.kernel.words import _

# The commands that are no acts, tables or records, and the window's own commands that do the same.
IN_WINDOW = {
    ("init",): "create",
    ("status",): "go-home",
    ("inbox",): "go-inbox",
    ("find",): "box",
    ("show",): "box",
    ("verify",): "verify",
    ("rebuild",): "rebuild",
    ("doctor",): "go-settings",
    ("ask",): "ask",
    ("trail",): "trail",
    ("activity",): "activity",
    ("gate", "show"): "gate",
    ("disagreement", "show"): "go-governance",
    ("as-of",): "as-of",
    ("export", "audit"): "export",
    ("report", "schedule"): "schedule",
    ("demo",): "sample",
    ("open",): "box",
    ("serve",): "serve",
    ("keys", "seal"): "seal",
    ("team", "act-as"): "role",
    ("get",): "get",
    ("sync",): "sync",
    ("restore",): "restore",
    ("team", "invite"): "invite",
    ("keys", "token"): "token",
    ("project", "recovery-key"): "recovery-key",
    ("team", "recover"): "recover",
    ("team", "device", "renew"): "renew",
    ("team", "device", "moved"): "moved",
    ("objects", "list"): "objects",
    ("objects", "remote"): "objects-place",
    ("objects", "send"): "objects-send",
    ("objects", "fetch"): "objects-fetch",
}
# With an option, a command may be another one in the window.
_WITH_OPTION = {("sync", "--remote"): "team-copy", ("sync", "--trust-configuration"): "trust"}
WORDS = {
    "create": _("Create a project…"),
    "box": _("Search or run a command…"),
    "keys": _("Keys…"),
    "verify": _("Check every entry"),
    "rebuild": _("Make the local store again"),
    "ask": _("Ask in SQL…"),
    "trail": _("Audit trail"),
    "activity": _("What happened"),
    "gate": _("Look at a gate…"),
    "as-of": _("What was live then?"),
    "export": _("Export an audit pack…"),
    "schedule": _("Make a saved report by itself…"),
    "sample": _("Look at the sample"),
    "serve": _("Serve here…"),
    "seal": _("Seal your key…"),
    "role": _("Acting role…"),
    "get": _("Get a team project…"),
    "sync": _("Sync now"),
    "look": _("Look what there is to receive"),
    "team-copy": _("Set the team copy…"),
    "token": _("Keep a token…"),
    "trust": _("Look at the git configuration…"),
    "invite": _("Invite…"),
    "restore": _("Put back lost entries"),
    "recovery-key": _("Recovery key…"),
    "recover": _("Recover with the 24 words…"),
    "renew": _("New key for this machine…"),
    "moved": _("This machine was moved…"),
    "objects": _("Where the objects lie"),
    "objects-place": _("Place for objects…"),
    "objects-send": _("Send objects"),
    "objects-fetch": _("Fetch objects"),
}
_QUOTED = re.compile(r"`mlops-desk ([a-z][^`]*)`")
_ACTING = re.compile(r" with --as(?: [a-z]+(?:-[a-z]+)*)?")


def for_window(text: str) -> str:
    """Return a sentence with the words of the command line replaced by those of the window."""
    acting = _(" (Ctrl+Shift+R)")
    return _ACTING.sub(acting, _QUOTED.sub(lambda found: f"“{_in_window(found[1].split())}”", text))


def _in_window(words: list[str]) -> str:
    from mlops_desk import catalogue
    from mlops_desk.workspace.act_words import verb_words

    for length in (3, 2, 1):
        said = tuple(words[:length])
        if said in _WITH_OPTION:
            return WORDS[_WITH_OPTION[said]].removesuffix("…")
        act = next((each for each in catalogue.RULES.acts.values() if each.command == said), None)
        listing = next((each for each in catalogue.LISTINGS if each.words == said), None)
        if act is not None or listing is not None:
            return verb_words(act) if act is not None else listing.title if listing is not None else ""
        if (own := WORDS.get(IN_WINDOW.get(said, ""))) is not None:
            return own.removesuffix("…")
    return " ".join(words)
