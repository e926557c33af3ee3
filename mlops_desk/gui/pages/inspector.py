"""The inspector at the right: one record with its details, its chart, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk, Talk
from mlops_desk.gui.pages.act_row import ActRow
from mlops_desk.gui.pages.check_in import CheckInBox
from mlops_desk.gui.pages.page import numbered
from mlops_desk.gui.reveals import Reveals
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.comments import Comments, WriteComment
from mlops_desk.gui.widgets.details import Details
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlops_desk.areas.team.discussion import Said
    from mlops_desk.gui.pages.records import Shown
    from mlops_desk.gui.widgets.chart import ChartView
    from mlops_desk.kernel.chart import Chart
    from mlops_desk.kernel.child import Stop
    from mlops_desk.kernel.progress import Progress
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.versions import Version

WIDTH_PX = 340
_EDGE_PX, _APART_PX = 16, 12
CHART_PX = 250


class Chosen(NamedTuple):
    """What the inspector is about: noun and id, the row of a table it came from, and its title once it is known."""

    noun: str
    id: str
    row: Any
    title: str


class Inspector(QFrame):
    """Shows what is chosen on the page, and keeps it fresh."""

    closed = Signal()
    filled = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._reveals = Reveals(desk)
        self._noun, self._id = "", ""
        self._row: Any = None
        self._asked = 0
        self._answer: tuple[int, Shown | None] = (0, None)
        self._shown: Shown | None = None
        self._place = QWidget(self)
        self._place.setFixedHeight(theme().px(CHART_PX))
        self._chart: ChartView | None = None
        self._looked_at: set[str] = set()
        self._wish: Talk | None = None
        self._is_stale = self._is_entered = False
        self._signed: frozenset[str] = frozenset()
        self.check_in = CheckInBox(desk, self)
        self.comment = WriteComment(self)
        self.comment.hide()
        self.comment.written.connect(self._say)
        self.unsent = Banner(closes=False)
        kind(self, "panel")
        self.setMinimumWidth(280)
        self._lay_out()
        desk.changed.connect(self._news)
        desk.closed.connect(self.clear)
        desk.link.changed.connect(self._outlook_changed)
        self.unsent.acted.connect(desk.link.sync_now)
        self.clear()

    def _lay_out(self) -> None:
        self._noun_text = label("", "muted")
        self._title = label("", "section", wraps=True)
        self._close = Button("", "quiet", "x", name=_("Close the inspector"))
        self._close.clicked.connect(self.closed)
        self.acts = ActRow(self._desk)
        top = QHBoxLayout()
        top.addWidget(self._noun_text, 1)
        top.addWidget(self._close)
        self._body = QWidget()
        kind(self._body, "clear")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(16, 4, 16, 16)
        self._column.setSpacing(_APART_PX)
        self._above, self._below = QVBoxLayout(), QVBoxLayout()
        self._column.addLayout(self._above)
        self._column.addWidget(self._place)
        self._column.addWidget(self.check_in)
        self._column.addLayout(self._below)
        self._column.addWidget(self.comment)
        self._column.addStretch()
        for part in (self._above, self._below):
            part.setSpacing(_APART_PX)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(self._body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        top.setContentsMargins(16, 0, 8, 0)
        column.addLayout(top)
        title = QVBoxLayout()
        title.setContentsMargins(_EDGE_PX, 0, _EDGE_PX, 0)
        title.setSpacing(10)
        title.addWidget(self._title)
        title.addWidget(self.acts)
        title.addWidget(self.unsent)
        column.addLayout(title)
        column.addWidget(scroll, 1)

    # --- what is shown ------------------------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        """The record that is shown."""
        return self._shown

    @property
    def chosen(self) -> Chosen | None:
        """What it is about, None if nothing is chosen."""
        title = self._shown.title if self._shown is not None and self._shown.id == self._id else ""
        return Chosen(self._noun, self._id, self._row, title) if self._id else None

    @Slot()
    def clear(self) -> None:
        """Show nothing."""
        self._noun, self._id, self._row, self._shown = "", "", None, None
        self._asked += 1
        self._noun_text.setText("")
        self._title.setText(_("Nothing is chosen."))
        self.unsent.hide()
        self.acts.clear()
        self._empty(self._above)
        self._empty(self._below)
        self._show_chart(None)
        self.check_in.hide()
        self.comment.hide()
        self._below.addWidget(
            label(
                _("Choose a row to see its details, its chart and what can be done with it."), "secondary", wraps=True
            )
        )

    def show_record(self, noun: str, id_: str, row: Any = None) -> None:
        """Show one record; while the inspector is hidden nothing is asked."""
        self._noun, self._id, self._row = noun, id_, row
        self._is_stale = self.isHidden()
        if not self._is_stale:
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was chosen meanwhile."""
        super().showEvent(event)
        if self._id and self._is_stale:
            self._is_stale = False
            self._reload()

    def enter(self) -> None:
        """Take the focus: what can be done with the record once it is there."""
        self._close.setFocus()
        self._is_entered = True
        if self._shown is not None and self._shown.id == self._id:
            self._focus_acts()

    def _focus_acts(self) -> None:
        """Go from the button that closes to the first act, unless the person went elsewhere meanwhile.

        Of a KPI that is the check-in in place.
        """
        if self._is_entered and self._close.hasFocus():
            (self.acts if self.check_in.isHidden() else self.check_in).enter()
        self._is_entered = False

    def talk(self, wish: Talk) -> None:
        """Show a record and let the person write about it once it is there."""
        self._wish = wish
        self.show_record(wish.noun, wish.id)

    def _reload(self) -> None:
        from mlops_desk.gui.pages import records

        known = self._desk.link.outlook
        self._signed = known.signed if known is not None else frozenset()
        self._asked += 1
        wanted = (self._noun, self._id, self._signed)
        self._desk.ask(numbered, self._asked, records.shown, wanted, then=self._take)

    @Slot()
    def _outlook_changed(self) -> None:
        """Show the record anew once what was signed here has been sent."""
        known = self._desk.link.outlook
        if known is not None and known.signed != self._signed and self._id and self.isVisible():
            self._reload()

    @Slot(object)
    def _news(self, changes: Changes) -> None:  # noqa: ARG002 - any change may touch what is derived
        self._is_stale = self._is_stale or self.isHidden()
        if self._id and self.isVisible():
            self._reload()

    @Slot(object)
    def _take(self, answer: tuple[int, Shown | None]) -> None:
        if answer[0] == self._asked:
            self._answer = answer
            turns().soon(self._show_answer)

    @Slot()
    def _show_answer(self) -> None:
        number, found = self._answer
        if number == self._asked:
            self._show(found or self._from_row())

    def _from_row(self) -> Shown:
        """Return what can be shown of a row that is no record of its own."""
        from mlops_desk import catalogue
        from mlops_desk.gui.pages.records import Shown, row_details
        from mlops_desk.gui.pages.trail import FINDINGS, TRAIL

        known = [each for each in (*catalogue.LISTINGS, TRAIL, FINDINGS) if each.noun == self._noun]
        names = ("name", "stage", "kind", "place", "id")
        title = next((str(text) for name in names if (text := getattr(self._row, name, ""))), self._id)
        told = row_details(known[0], self._row, title) if known and self._row is not None else []
        details = getattr(self._row, "details", None) or told
        return Shown(self._noun, self._id, title, details)

    def _show(self, found: Shown) -> None:
        from mlops_desk.gui import acts

        self._shown = found
        self._noun_text.setText(acts.noun_words(found.noun).capitalize() if found.noun != "kpi" else "KPI")
        self._title.setText(found.title)
        self.setAccessibleName(_("Inspector: {title}", title=found.title))
        self.acts.offer(found.noun, self._id, self._row, self.width() - 2 * _EDGE_PX)
        self.check_in.show_record(found)
        self._focus_acts()
        self._show_unsent(found)
        self._empty(self._above)
        self._empty(self._below)
        if found.versions:
            self._show_versions(found)
        self._show_chart(found.chart)
        self._below.addWidget(Details(found.details, self._reveals, (found.noun, found.id)))
        self._show_comments(found)
        self.filled.emit()

    def _show_unsent(self, found: Shown) -> None:
        from mlops_desk.workspace import signed_here

        self.unsent.setVisible(found.is_unsent)
        if found.is_unsent:
            self.unsent.say(signed_here.words(), level="warn", act=_("Send now"))

    def _show_comments(self, found: Shown) -> None:
        """Show what was said, and the field to say something; what is half written there stays."""
        self.comment.setVisible(found.comments is not None)
        if found.comments is not None:
            view = Comments(found.comments, found.links)
            view.answer_wanted.connect(self.comment.answer)
            view.place_wanted.connect(self._scroll_to)
            view.address_wanted.connect(self._desk.follow)
            self._below.addWidget(view)
            self.comment.turn_to((found.noun, found.id), found.title)
            self._look_at(found.comments)
            self._begin_talk(found.noun, found.id, found.comments)

    def _begin_talk(self, noun: str, id_: str, said: Sequence[Said]) -> None:
        """Let the person write at once, if that is why the record is shown."""
        wish = self._wish
        if wish is not None and (wish.noun, wish.id) == (noun, id_):
            self._wish = None
            answered = next((each for each in said if wish.reply_to in (each.id, each.newest)), None)
            self.comment.begin(answered if wish.reply_to else None, wish.text)
            turns().soon(self._see_field)

    @Slot()
    def _see_field(self) -> None:
        """Bring the field to write in into view, once it has its place."""
        self._scroll.ensureWidgetVisible(self.comment)

    @Slot(object)
    def _scroll_to(self, place: QWidget) -> None:
        self._scroll.ensureWidgetVisible(place)

    def _look_at(self, found: Sequence[Said]) -> None:
        """Note on this machine that the person has seen where they are called."""
        me = self._desk.who.member if self._desk.who else ""
        fresh = tuple(each for each in found if me in each.mentions and each.newest not in self._looked_at)
        if fresh:
            self._looked_at |= {each.newest for each in fresh}
            self._desk.work(_look_at, fresh, then=self._looked)

    @Slot(object)
    def _looked(self, is_news: object) -> None:
        if is_news:
            self._desk.tell(Changes())

    @Slot(object, str, str)
    def _say(self, about: tuple[str, str], text: str, reply_to: str) -> None:
        from mlops_desk.areas.team.comment import AddComment

        noun, id_ = about
        said = AddComment(subject=f"{noun}/{id_}", text=text, reply_to=reply_to or None)
        self._desk.do(said, then=self.comment.sent, failed=self.comment.refused)

    def _show_versions(self, found: Shown) -> None:
        from mlops_desk.gui import acts
        from mlops_desk.gui.widgets.versions import Versions

        view = Versions(found.versions, can_keep=acts.edit_of(found.noun) is not None)
        view.kept.connect(self._keep)
        self._column.addWidget(view)

    @Slot(object)
    def _keep(self, version: Version) -> None:
        """Settle a field at one of its versions: one edit, which can be taken back."""
        from mlops_desk.gui import acts

        edit = acts.edit_of(self._noun)
        if edit is not None:
            given = {"clear": (version.field,)} if version.value is None else {version.field: version.value}
            self._desk.do(edit(id=self._id, **given))

    def prepare(self) -> None:
        """Make the surface for charts while nobody waits for one."""
        from mlops_desk.kernel.chart import Chart

        if self._chart is None:
            self._make_chart(Chart(sentence="", series=())).hide()

    def _show_chart(self, chart: Chart | None) -> None:
        """Show a chart, or its empty place until the first one is made."""
        view: QWidget = self._chart or self._place
        view.setVisible(chart is not None)
        if chart is not None:
            turns().soon(self._draw)

    @Slot()
    def _draw(self) -> None:
        """Draw the chart in turns of the loop of its own: making the first one takes a while."""
        chart = self._shown.chart if self._shown is not None else None
        if chart is not None and self._chart is not None:
            self._chart.show_chart(chart, draws_later=True)
        elif chart is not None:
            self._make_chart(chart)

    def _make_chart(self, chart: Chart) -> ChartView:
        """Make the one view of charts; it keeps its place, since a layout forgets how high a moved view wants to be."""
        from mlops_desk.gui.widgets.chart import ChartView

        self._chart = ChartView(chart, draws_later=True, save=self._desk.deeds.save_file)
        self._column.replaceWidget(self._place, self._chart)
        self._place.hide()
        return self._chart

    def _empty(self, layout: Any) -> None:
        while (item := layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _look_at(workspace: Workspace, found: Sequence[Said], progress: Progress, stop: Stop) -> bool:  # noqa: ARG001
    from mlops_desk.workspace.inbox import look_at

    return look_at(workspace.here, found)
