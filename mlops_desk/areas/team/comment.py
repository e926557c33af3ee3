"""A comment on anything: what somebody said about it, in plain text, with the members that it calls by name."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from mlops_desk.areas.team.member import Member
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import OWNER, WRITING_SLUGS
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _

MAX_TEXT_BYTES = 4096  # what is longer would be personal text that nobody can take out of the journals again
ID_CHARS = 8
_CALL = re.compile(r"(?<![\w@./])@(?=\w)")
_WORD = re.compile(r"[\w'-]+")


class Comment(Fact, noun="comment", known_by="id", writers=WRITING_SLUGS):
    """What somebody said about a thing; a later version names those that it replaces."""

    subject_noun: Annotated[str, About("What kind of thing it is about.")]
    subject: Annotated[str, About("The thing.")]
    text: Annotated[str, About("What was said, as plain text.", long=True, is_redacted=True)]
    mentions: Annotated[tuple[str, ...], About("The members that it calls by name.", of="member")] = ()
    reply_to: Annotated[str | None, About("The comment it answers.", of="comment")] = None
    replaces: Annotated[tuple[str, ...], About("The versions of itself that it takes the place of.", of="comment")] = ()


Text = Annotated[
    str, About("What you say, as plain text; @Name calls a member.", title="Comment", long=True, positional=True)
]
Which = Annotated[str, About("The comment: its id, or the beginning of it.", of="comment", positional=True)]


class AddComment(Act, noun="comment", verb="add", done="Commented."):
    """Say something about a thing, for everybody to read; `@Name` puts it into a member's inbox."""

    subject: Annotated[
        str,
        About("What it is about: id, name, or kind and name such as kpi/Time.", metavar="THING", positional=True),
    ]
    text: Text
    reply_to: Annotated[str | None, About("The comment that it answers.", of="comment")] = None

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the comment."""
        noun, id_ = present.meant(self.subject)
        _check_text(self.text)
        if noun == Comment.noun:
            raise DeskError(
                _("A comment is answered, not commented."),
                _("Say what it is about, and name the comment with --reply-to."),
                code="TALK-102",
            )
        answered = present.get(Comment, self.reply_to) if self.reply_to else None
        if answered is not None and (answered.subject_noun, answered.subject) != (noun, id_):
            raise DeskError(
                _("That comment is about {name}.", name=present.called(answered.subject_noun, answered.subject)),
                _("Answer a comment on the same thing, or leave --reply-to out."),
                code="TALK-103",
            )
        mentions = called_members(present, self.text)
        made = Comment(subject_noun=noun, subject=id_, text=self.text, mentions=mentions, reply_to=self.reply_to)
        return [present.fact(made)]

    def outcome(self, rows: Rows) -> str:
        """Return who will find it in their inbox."""
        return _told(rows, self.text)


class EditComment(Act, noun="comment", verb="edit", done="Changed."):
    """Say it otherwise: a new version takes the place of your comment, which stays in the history."""

    comment: Which
    text: Text

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the version that names those it replaces."""
        from mlops_desk.areas.team.discussion import versions_of

        _check_text(self.text)
        versions = versions_of(present, self.comment)
        newest = versions.newest
        if versions.withdrawn:
            raise DeskError(
                _("This comment was withdrawn."), _("Say it anew: `mlops-desk comment add`."), code="TALK-104"
            )
        if newest.recorded_by != present.member:
            raise DeskError(
                _("Only who wrote a comment may change it."), _("Answer it with --reply-to instead."), code="TALK-105"
            )
        if newest.text == self.text and len(versions.heads) == 1:
            return []
        heads = tuple(each.id for each in versions.heads)
        mentions = called_members(present, self.text)
        return [present.fact(newest.but(id="", text=self.text, mentions=mentions, replaces=heads))]

    def outcome(self, rows: Rows) -> str:
        """Return who will find it in their inbox."""
        return _told(rows, self.text)


class WithdrawComment(Act, noun="comment", verb="withdraw", done="Withdrawn: the text is hidden."):
    """Take a comment back: its text is hidden everywhere; the signed line stays in the journals."""

    comment: Which
    reason: Annotated[str, About("Why, for everybody to read.")] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the withdrawal of every version; only its author may, or an owner acting as one."""
        from mlops_desk.areas.team.discussion import versions_of

        living = [each for each in versions_of(present, self.comment).all if not each.withdrawn]
        if any(each.recorded_by != present.member for each in living) and present.acting != OWNER.slug:
            raise DeskError(
                _("Only who wrote a comment may withdraw it, or an owner."),
                _("Ask them; owners act as such with --as owner."),
                code="TALK-106",
            )
        return [present.withdraw(each, self.reason) for each in living]


def _check_text(text: str) -> None:
    if not text.strip():
        raise DeskError(_("The comment is empty."), _("Say something."), code="TALK-101")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEXT_BYTES:
        raise DeskError(
            _("The comment is too long: {size} of {most} bytes.", size=size, most=MAX_TEXT_BYTES),
            _("Say it shorter, or in several comments; put a long text into a document of yours and name it here."),
            code="TALK-107",
        )


def called_members(rows: Rows, text: str) -> tuple[str, ...]:
    """Return the ids of the members whose names follow an @ in a text, in the order in which they are called.

    Raises:
        DeskError: a first name means several of them.
    """
    return tuple(dict.fromkeys(who.id for who, _name in _calls(rows, text) if who is not None))


def _calls(rows: Rows, text: str) -> list[tuple[Member | None, str]]:
    """Return what stands behind each @: the member, or None with a word that is nobody's name."""
    members = rows.find(Member, "active", order="name, id")
    return [_called(members, text[found.end() :]) for found in _CALL.finditer(text)]


def _called(members: Sequence[Member], rest: str) -> tuple[Member | None, str]:
    word = _word(rest)
    fitting = [each for each in members if word == each.id[:ID_CHARS]]
    by_name = [] if fitting else [each for each in members if _begins(rest, each.name)]
    longest = max((len(each.name) for each in by_name), default=0)
    fitting += [each for each in by_name if len(each.name) == longest]
    fitting = fitting or [each for each in members if word.casefold() == _word(each.name).casefold()]
    if len(fitting) > 1:
        named = ", ".join(f"{each.name} (@{each.id[:ID_CHARS]})" for each in fitting[:5])
        raise DeskError(
            _("“@{name}” means more than one member.", name=word),
            _("Write the whole name, or the id: {names}.", names=named),
            code="TALK-108",
        )
    return (fitting[0] if fitting else None), word


def _begins(rest: str, name: str) -> bool:
    """Tell whether a text begins with a whole name."""
    begins = bool(name) and rest[: len(name)].casefold() == name.casefold()
    return begins and not (rest[len(name) :][:1].isalnum() and name[-1].isalnum())


def _word(text: str) -> str:
    found = _WORD.match(text)
    return found.group() if found else ""


def _told(rows: Rows, text: str) -> str:
    calls = _calls(rows, text)
    others = (who.name for who, _word in calls if who is not None and who.id != rows.here.member)
    told = ", ".join(dict.fromkeys(others))
    nobody = ", ".join(dict.fromkeys(f"@{word}" for who, word in calls if who is None))
    said = [_("In the inbox of {names}.", names=told)] if told else []
    return " ".join([*said, *([_("Nobody here is called {names}.", names=nobody)] if nobody else [])])


ACTS = (AddComment, EditComment, WithdrawComment)
