"""A disagreement about a thing: its options, the views of people, a decision, and every dissent word for word."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mlops_desk.areas.team.comment import MAX_TEXT_BYTES
from mlops_desk.areas.team.queries import accountable, consulted
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import WORKING_SLUGS, role_name
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.areas.governance.disagreement_standing import DisagreementStanding

DAYS_TO_DECIDE = 7
MAX_OPTIONS = 20
Stance = Literal["agree", "accept", "dissent"]


class Disagreement(Fact, noun="disagreement", known_by="question", is_kept=True):
    """A question on which people differ. Options, decider and date never change: what is new is raised anew."""

    question: Annotated[str, About("What is to be decided.")]
    subject_noun: Annotated[str, About("What kind of thing it is about.")]
    subject: Annotated[str, About("The thing.")]
    options: Annotated[tuple[str, ...], About("What can be decided; they are numbered from 1.")]
    decider: Annotated[str, About("The role that decides: who answers for the stage of the thing.")]
    decide_by: Annotated[date, About("The last day to decide.")]
    asked: Annotated[tuple[str, ...], About("The roles whose views are asked for.")] = ()
    common: Annotated[str, About("What both sides accept.", long=True)] = ""
    cost: Annotated[str, About("What waiting costs.", long=True)] = ""


class DisagreementView(
    Fact, noun="disagreement-view", command="disagreement", title="view", known_by="id", is_kept=True
):
    """What somebody holds in their role; what they say later stands beside it."""

    disagreement: Annotated[str, About("The disagreement.", of="disagreement")]
    option: Annotated[int, About("The number of the option they are for.")]
    because: Annotated[str, About("Why.", long=True)]
    evidence: Annotated[str, About("What shows it: a text, a link, a record.", long=True)] = ""


class DisagreementDecision(
    Fact, noun="disagreement-decision", command="disagreement", title="decision", known_by="id", is_kept=True
):
    """A decision. It counts from the role that decides; ``over`` and ``replaces`` hold what its author had seen."""

    disagreement: Annotated[str, About("The disagreement.", of="disagreement")]
    option: Annotated[int, About("The number of the option that was taken.")]
    reason: Annotated[str, About("Why.", long=True)]
    over: Annotated[tuple[str, ...], About("The entries of the question and of the views that were decided over.")]
    replaces: Annotated[tuple[str, ...], About("The entries of earlier decisions that it takes the place of.")] = ()


class DisagreementAnswer(
    Fact, noun="disagreement-answer", command="disagreement", title="answer", known_by="id", is_kept=True
):
    """What somebody says to a decision: agree, accept or dissent. Nothing of it can be edited or withdrawn."""

    disagreement: Annotated[str, About("The disagreement.", of="disagreement")]
    stance: Annotated[Stance, About("agree, accept or dissent.")]
    over: Annotated[tuple[str, ...], About("The entries of the decisions that it answers.")]
    text: Annotated[str, About("What was said, word for word.", long=True)] = ""


Which = Annotated[
    str, About("The disagreement: its id, or the beginning of it.", of="disagreement", positional=True, metavar="ID")
]
OptionText = Annotated[str, About("The option: its number or its words.", positional=True, metavar="OPTION")]


class RaiseDisagreement(Act, noun="disagreement", verb="raise", done="Raised."):
    """Raise a disagreement about a thing, with what can be decided; your own view may go with it."""

    subject: Annotated[
        str,
        About("What it is about: id, name, or kind and name such as kpi/Time.", metavar="THING", positional=True),
    ]
    question: Annotated[str, About("What is to be decided.", positional=True, metavar="QUESTION")]
    options: Annotated[tuple[str, ...], About("What can be decided, at least two; again for more.", flag="option")]
    by: Annotated[date | None, About("The last day to decide; else in a week.")] = None
    asked: Annotated[
        tuple[str, ...],
        About(
            "Only these roles are asked for their view, else those that the RACI asks; again for more.",
            metavar="ROLE",
            flag="ask",
        ),
    ] = ()
    common: Annotated[str, About("What both sides accept.", long=True)] = ""
    cost: Annotated[str, About("What waiting costs.", long=True)] = ""
    mine: Annotated[str, About("Your own view: the number or the words of an option.", flag="view")] = ""
    because: Annotated[str, About("Why you hold it.", long=True)] = ""
    evidence: Annotated[str, About("What shows it: a text, a link, a record.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the disagreement, and the view of who raises it if they give one."""
        noun, id_ = present.meant(self.subject)
        by = self.by or present.today + timedelta(days=DAYS_TO_DECIDE)
        self._check(present, noun, by)
        raised = Disagreement(
            id=present.here.new_id(),
            question=self.question.strip(),
            subject_noun=noun,
            subject=id_,
            options=tuple(each.strip() for each in self.options),
            decider=accountable(present, noun),
            decide_by=by,
            asked=tuple(dict.fromkeys(self.asked)) or consulted(present, noun),
            common=self.common,
            cost=self.cost,
        )
        found = [present.fact(raised)]
        if self.mine:
            number = option_number(raised, self.mine)
            view = DisagreementView(disagreement=raised.id, option=number, because=self.because, evidence=self.evidence)
            found.append(present.fact(view))
        return found

    def _check(self, present: Present, noun: str, by: date) -> None:
        if noun.partition("-")[0] == Disagreement.noun:
            raise DeskError(
                _("A disagreement is answered, not disputed once more."),
                _("Say your view with `mlops-desk disagreement view`, or answer its decision."),
                code="DISSENT-101",
            )
        options = [each.strip().casefold() for each in self.options]
        if len(set(options)) != len(options) or not all(options) or not 2 <= len(options) <= MAX_OPTIONS:
            raise DeskError(
                _("A disagreement has at least two options, and each is another."),
                _("Give them with --option, at most {most}.", most=MAX_OPTIONS),
                code="DISSENT-102",
            )
        if by < present.today:
            raise DeskError(_("The day to decide by is over."), _("Choose today or a later day."), code="DISSENT-103")
        unknown = [each for each in self.asked if each not in WORKING_SLUGS]
        if unknown:
            raise DeskError(
                _("There is no role “{role}” whose view could be asked for.", role=unknown[0]),
                _("Roles: {roles}.", roles=", ".join(sorted(WORKING_SLUGS))),
                code="DISSENT-104",
            )
        _must_say(self.question, _("What is to be decided?"))
        for text in (*self.options, self.common, self.cost, self.evidence):
            check_length(text)
        if self.mine or self.because.strip() or self.evidence.strip():
            _must_say(self.mine, _("Which option is your view for? Say it with --view."))
            _must_say(self.because, _("Say why with --because."))

    def outcome(self, rows: Rows) -> str:
        """Return who decides it, and by when."""
        noun, _id = rows.meant(self.subject)
        return _("{role} decides it.", role=role_name(accountable(rows, noun)))


class GiveView(Act, noun="disagreement", verb="view", done="Your view is on the record."):
    """Say in your acting role which option you are for, and why; what you said before stays beside it."""

    disagreement: Which
    option: OptionText
    because: Annotated[str, About("Why.", long=True)]
    evidence: Annotated[str, About("What shows it: a text, a link, a record.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the view."""
        raised = present.get(Disagreement, self.disagreement)
        _must_say(self.because, _("Say why with --because."))
        check_length(self.evidence)
        view = DisagreementView(
            disagreement=raised.id,
            option=option_number(raised, self.option),
            because=self.because,
            evidence=self.evidence,
        )
        return [present.fact(view)]

    def outcome(self, rows: Rows) -> str:
        """Return that it comes after a decision, where there is one."""
        from mlops_desk.areas.governance.disagreement_queries import standing_of

        if not standing_of(rows, self.disagreement).heads:
            return ""
        return _("It came after the decision, and is shown so; to answer that: `mlops-desk disagreement answer`.")


class DecideDisagreement(
    Act,
    noun="disagreement",
    verb="decide",
    done="Your decision is on the record.",
    approval=True,
    asks_first=True,
):
    """Decide a disagreement as the role that answers for its thing; once the day is over AI Architect may, too."""

    disagreement: Which
    option: OptionText
    reason: Annotated[str, About("Why, for everybody to read.", long=True)]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the decision, bound to the entries of the question and of all views that are here."""
        from mlops_desk.areas.governance.disagreement_queries import standing_of

        stands = standing_of(present, self.disagreement, present.today)
        number = option_number(stands.about, self.option)
        _check_decides(present, stands)
        _must_say(self.reason, _("Say why with --reason."))
        over = dict.fromkeys((stands.about.line, *(each.line for each in stands.views)))
        decision = DisagreementDecision(
            disagreement=stands.about.id,
            option=number,
            reason=self.reason,
            over=tuple(over),
            replaces=tuple(each.line for each in stands.decisions),
        )
        return [present.fact(decision)]

    def outcome(self, rows: Rows) -> str:
        """Return how it stands, and that nothing else is settled by it."""
        from mlops_desk.areas.governance.disagreement_queries import standing_of

        state = standing_of(rows, self.disagreement).state
        stands = f"{state.word} ({state.reason})." if state.reason else f"{state.word}."
        asked = _(
            "Who took part is asked to agree, accept or dissent. Items and exceptions at gates stand as they did."
        )
        return f"{stands} {asked}"


class AnswerDecision(Act, noun="disagreement", verb="answer", done="Your answer is on the record, word for word."):
    """Agree with a decision, accept it, or dissent; the words stay as they are, and nobody can take them away."""

    disagreement: Which
    stance: Annotated[Stance, About("agree, accept (you can live with it) or dissent.", positional=True)]
    text: Annotated[str, About("What you say, kept word for word; a dissent needs it.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the answer to the decision, or to both where two were made apart."""
        from mlops_desk.areas.governance.disagreement_queries import standing_of

        stands = standing_of(present, self.disagreement, present.today)
        if not stands.heads:
            raise DeskError(
                _("Nothing is decided yet."),
                _("Say your view: `mlops-desk disagreement view`."),
                code="DISSENT-120",
            )
        check_length(self.text)
        if self.stance == "dissent":
            _must_say(self.text, _("A dissent says what is wrong: --text."))
        answer = DisagreementAnswer(
            disagreement=stands.about.id,
            stance=self.stance,
            over=tuple(each.line for each in stands.heads),
            text=self.text,
        )
        return [present.fact(answer)]


def option_number(raised: Disagreement, text: str) -> int:
    """Return the number of the option that a person's text means.

    Raises:
        DeskError: it means none; the hint lists them.
    """
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= len(raised.options):
        return int(plain)
    words = [each.casefold() for each in raised.options]
    if plain.casefold() in words:
        return words.index(plain.casefold()) + 1
    named = "; ".join(f"{number} {each}" for number, each in enumerate(raised.options, 1))
    raise DeskError(
        _("“{text}” is none of the options.", text=text), _("Options: {names}.", names=named), code="DISSENT-110"
    )


def _check_decides(present: Present, stands: "DisagreementStanding") -> None:
    """Refuse a decision that would not count."""
    if present.acting in stands.deciders:
        return
    names = ", ".join(role_name(each) for each in stands.deciders)
    raise DeskError(
        _("{roles} decides this; you act as {acting}.", roles=names, acting=role_name(present.acting)),
        _(
            "Act in that role with --as, or ask somebody who holds it; "
            "say your view with `mlops-desk disagreement view`."
        ),
        code="DISSENT-111",
    )


def _must_say(text: str, hint: str) -> None:
    if not text.strip():
        raise DeskError(_("Something is not said."), hint, code="DISSENT-105")
    check_length(text)


def check_length(text: str) -> None:
    """Refuse a text that is too long to be kept for ever in a journal."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEXT_BYTES:
        raise DeskError(
            _("The text is too long: {size} of {most} bytes.", size=size, most=MAX_TEXT_BYTES),
            _("Say it shorter; put a long text into a document of yours and name it here."),
            code="DISSENT-106",
        )


ACTS = (RaiseDisagreement, GiveView, DecideDisagreement, AnswerDecision)
