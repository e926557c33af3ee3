"""The head of a page: where one is, how it stands, the one main button, and everything else behind “more”."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _


class Header(QWidget):
    """Title with tab and record, the link to them, state chip, main button and more button of a page."""

    main_wanted = Signal()
    link_wanted = Signal()
    tab_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(title, "title")
        self._title.setIndent(0)  # its line for the focus must not move it
        self._tab = Button("", "crumb")
        self._record = Line("", "secondary")
        self.link = Button("", "quiet", "link", name=_("Copy link"))
        self._chip = StateChip(None)
        self.main = Button("", "main", "plus")
        self.more = Button("", "", "ellipsis", name=_("More on this page"))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for part in (self._title, self._tab, self._record, self.link, self._chip):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.main)
        row.addWidget(self.more)
        self.setMinimumHeight(34)
        self.main.clicked.connect(self.main_wanted)
        self.more.clicked.connect(self._want_menu)
        self.link.clicked.connect(self.link_wanted)
        self._tab.clicked.connect(self.tab_wanted)
        self._has_tab = False
        self.locate("", "")
        self.offer("")
        self.offer_more(is_wanted=False)

    def add(self, button: QWidget) -> None:
        """Put another button before the main one."""
        self._row.insertWidget(self._row.indexOf(self.main), button)

    def enter(self) -> None:
        """Take the focus with the title: whoever came here by a key hears where they are, and Tab goes on from it."""
        self._title.setFocus()

    def name(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)

    def locate(self, tab: str, record: str) -> None:
        """Show after the title which tab is in front and which record is chosen there; the tab leads back to it."""
        self._has_tab = bool(tab and record)
        self._record.setVisible(bool(tab or record))
        self._tab.say(_("› {title}", title=tab))
        self._tab.setAccessibleName(_("Back to {title}", title=tab))
        self._record.say(_("› {title}", title=record or tab))
        self._fit()

    def stand(self, state: State | None) -> None:
        """Show how the page's matter stands."""
        self._chip.show_state(state)

    def offer(self, text: str) -> None:
        """Offer the main act by its words; without words there is none."""
        self.main.say(text)
        self.main.setVisible(bool(text))

    def offer_more(self, *, is_wanted: bool) -> None:
        """Show or hide the button for everything else."""
        self.more.setVisible(is_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the buttons their room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show the tab, and the link, only where no button has to be cut for them."""
        parts = (self.link, self._tab)
        for part, is_wanted in zip(parts, (True, self._has_tab), strict=True):
            part.setVisible(is_wanted)
        for part in reversed(parts):
            self._row.invalidate()
            if self._row.minimumSize().width() > self.width():
                part.hide()

    @Slot()
    def _want_menu(self) -> None:
        self.menu_wanted.emit(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))
