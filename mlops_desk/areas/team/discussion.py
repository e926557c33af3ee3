"""What was said about a thing: comments with their versions, put together alike whatever order they arrived in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial

import msgspec

from mlops_desk.areas.team.comment import Comment
from mlops_desk.areas.team.hand_over import speaking_for
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.literal import literal
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

MAX_SHOWN_CHARS = 4096
QUOTED_CHARS = 80


class Versions(msgspec.Struct, frozen=True):
    """One comment with all versions of it, oldest first; ``heads`` are those that nothing replaced."""

    all: tuple[Comment, ...]
    heads: tuple[Comment, ...]

    @property
    def first(self) -> Comment:
        """The version by whose id people name the comment."""
        return self.all[0]

    @property
    def newest(self) -> Comment:
        """The version that is shown; where two were made apart, the later one."""
        return self.heads[-1]

    @property
    def withdrawn(self) -> str:
        """Why it was withdrawn, else empty; one withdrawn version is enough, so that no text stays by chance."""
        return next((each.withdrawn for each in self.all if each.withdrawn), "")


class Said(msgspec.Struct, frozen=True):
    """A comment as it stands now; ``shown`` is its text for people, without anything that could steer a terminal.

    ``newest`` is the id of the version that is shown.
    """

    id: str
    about: str
    subject_noun: str
    subject: str
    who: str
    member: str
    at: datetime | None
    heading: str
    shown: str
    mentions: tuple[str, ...]
    newest: str
    reply_to: str
    edited_at: datetime | None
    versions: int
    is_withdrawn: bool


def together(found: Sequence[Comment]) -> list[Versions]:
    """Return comments from their versions, oldest first: the same for any order of the versions.

    A version counts as one of a comment only if the same member said it about the same thing; what somebody else
    calls a version of it is a comment of their own.
    """
    ordered = sorted(found, key=_place)
    by_id = {each.id: each for each in ordered}
    earlier = {each.id: [id_ for id_ in each.replaces if _may_replace(each, by_id.get(id_))] for each in ordered}
    root = {each.id: each.id for each in ordered}
    for id_, replaced in earlier.items():
        for other in replaced:
            root[_top(root, id_)] = _top(root, other)
    groups: dict[str, list[Comment]] = {}
    for each in ordered:
        groups.setdefault(_top(root, each.id), []).append(each)
    replaced_ids = {id_ for replaced in earlier.values() for id_ in replaced}
    made = [_versions(group, earlier, replaced_ids) for group in groups.values()]
    return sorted(made, key=lambda each: _place(each.first))


def _versions(group: list[Comment], earlier: dict[str, list[str]], replaced: set[str]) -> Versions:
    """Order a comment's versions: what replaces nothing came first, whatever a clock said."""
    ordered = sorted(group, key=lambda each: (bool(earlier[each.id]), *_place(each)))
    heads = [each for each in group if each.id not in replaced] or group[-1:]  # a forged ring has no end of its own
    return Versions(tuple(ordered), tuple(heads))


def _place(comment: Comment) -> tuple[float, str]:
    return (comment.recorded_at.timestamp() if comment.recorded_at else 0.0, comment.id)


def _may_replace(later: Comment, earlier: Comment | None) -> bool:
    return earlier is not None and earlier.id != later.id and _whose(later) == _whose(earlier)


def _whose(comment: Comment) -> tuple[str, str, str]:
    return (comment.recorded_by, comment.subject_noun, comment.subject)


def _top(root: dict[str, str], id_: str) -> str:
    while root[id_] != id_:
        root[id_] = root[root[id_]]
        id_ = root[id_]
    return id_


def discussion(rows: Rows, noun: str, id_: str) -> list[Said]:
    """Return what was said about a thing, the newest last."""
    return _said(rows, _about(rows, noun, id_))


def comments(rows: Rows) -> list[Said]:
    """Return everything that was said, the newest last."""
    return _said(rows, together(_all(rows, "true")))


def comments_on(rows: Rows, text: str) -> list[Said]:
    """Return what was said about the thing that a text means."""
    return discussion(rows, *rows.meant(text))


def needs(rows: Rows) -> list[Need]:
    """Return the mentions that wait for the members who are called, until they said something on that thing since."""
    threads: dict[tuple[str, str], list[Versions]] = {}
    for each in together(_all(rows, "true")):
        if not each.withdrawn:
            threads.setdefault((each.first.subject_noun, each.first.subject), []).append(each)
    who, voices = names(rows), cache(partial(speaking_for, rows))
    found: list[Need] = []
    for subject, thread in threads.items():
        waiting = [
            (each, member)
            for each in thread
            for member in each.newest.mentions
            if member in who and member != each.newest.recorded_by
            if not _has_answered(thread, each, voices(member))
        ]
        about = rows.called(*subject) if waiting else ""
        found += [_mention(about, each, member, who) for each, member in waiting]
    return found


def _has_answered(thread: Sequence[Versions], said: Versions, voices: set[str]) -> bool:
    """Tell whether a member, or who speaks for them, answered a comment, or said anything about its thing after it."""
    own = [each for each in thread if each.first.recorded_by in voices]
    ids = {each.id for each in said.all}
    return any(each.first.reply_to in ids or _place(each.newest) > _place(said.newest) for each in own)


def _mention(about: str, said: Versions, member: str, who: dict[str, str]) -> Need:
    text = literal(said.newest.text.split("\n")[0])
    cut = text if len(text) <= QUOTED_CHARS else text[: QUOTED_CHARS - 1] + "…"
    author = who.get(said.newest.recorded_by, "")
    return Need(
        _("{name} on {about}: “{text}”", name=literal(author), about=literal(about), text=cut),
        said.first.subject_noun,
        said.first.subject,
        State("info", _("Mention")),
        members=(member,),
        reason=_("you are mentioned"),
        since=said.newest.recorded_at,
        settle=f"comment add {said.first.subject_noun}/{said.first.subject[:8]} … --reply-to {said.first.id[:8]}",
        seen_as=said.newest.id,
        asked_by=said.newest.recorded_by,
    )


def versions_of(rows: Rows, id_: str) -> Versions:
    """Return the comment that any of its versions names."""
    one = rows.get(Comment, id_)
    found = _about(rows, one.subject_noun, one.subject)
    return next(each for each in found if any(version.id == one.id for version in each.all))


def _about(rows: Rows, noun: str, id_: str) -> list[Versions]:
    return together(_all(rows, "subject_noun = ? AND subject = ?", noun, id_))


def _all(rows: Rows, where: str, *values: str) -> list[Comment]:
    """Return comments that fit, those that were withdrawn among them."""
    gone = rows.sql(f"SELECT id FROM comment WHERE withdrawn <> '' AND {where}", *values)  # noqa: S608 - our own words
    return rows.find(Comment, where, *values) + [rows.get(Comment, id_) for (id_,) in gone]


def comment_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a comment shows."""
    [said] = _said(rows, [versions_of(rows, id_)])
    return (
        Detail(_("About"), said.about),
        Detail(_("Who"), said.heading),
        Detail(_("When"), said.at, "instant"),
        Detail(_("Changed"), said.edited_at, "instant"),
        Detail(_("Comment"), said.shown),
    )


def _said(rows: Rows, found: Sequence[Versions]) -> list[Said]:
    who = names(rows)
    by_version = {each.id: versions.first for versions in found for each in versions.all}
    subjects = {(each.first.subject_noun, each.first.subject) for each in found}
    about = {subject: literal(rows.called(*subject)) for subject in subjects}
    return [_one(each, about[each.first.subject_noun, each.first.subject], who, by_version) for each in found]


def _one(versions: Versions, about: str, who: dict[str, str], firsts: dict[str, Comment]) -> Said:
    first, newest = versions.first, versions.newest
    answered = firsts.get(first.reply_to or "")
    name = who.get(first.recorded_by) or first.recorded_by[:8]
    parts = [name]
    if answered is not None:
        parts.append(_("answers {name}", name=who.get(answered.recorded_by) or answered.recorded_by[:8]))
    if len(versions.all) > 1:
        parts.append(_("changed"))
    if len(versions.heads) > 1:
        parts.append(plural("{n} version", "{n} versions made apart", len(versions.heads)))
    return Said(
        first.id,
        about,
        first.subject_noun,
        first.subject,
        name,
        first.recorded_by,
        first.recorded_at,
        ", ".join(literal(each) for each in parts),
        _shown(versions),
        newest.mentions,
        newest.id,
        answered.id if answered is not None else "",
        newest.recorded_at if len(versions.all) > 1 else None,
        len(versions.heads),
        bool(versions.withdrawn),
    )


def _shown(versions: Versions) -> str:
    if versions.withdrawn:
        return _("(withdrawn)")
    text = literal(versions.newest.text, keep="\n\t")
    return text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"
