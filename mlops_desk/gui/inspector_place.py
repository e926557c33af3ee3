"""Where the inspector stands: beside the page where there is room, over it in a narrow window; and when it opens."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from mlops_desk.gui.pages.inspector import WIDTH_PX, Inspector
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.turns import turns

BESIDE_FROM_PX = 1280  # the window's width
NARROWEST_PX, WIDEST_PX, STEP_PX = 280, 640, 40
_LEFT_FREE_PX = 120  # of the page below it, so that one sees what it lies over


class Split(QSplitter):
    """A splitter that tells when it has another size."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out, and tell."""
        super().resizeEvent(event)
        self.resized.emit()


class InspectorPlace(QObject):
    """Shows and hides the inspector. ``opens_by_itself`` until the person has closed it: then they ask for it."""

    changed = Signal()

    def __init__(self, inspector: Inspector, split: Split, over: QWidget) -> None:
        super().__init__(over)
        self._inspector, self._split, self._over = inspector, split, over
        self._is_over = False
        self.opens_by_itself = True
        self.width_px = WIDTH_PX
        split.splitterMoved.connect(self._moved)
        split.resized.connect(self._follow)
        theme().changed.connect(self.arrange)

    @property
    def is_over(self) -> bool:
        """Tell whether it lies over the page."""
        return self._is_over

    @property
    def is_open(self) -> bool:
        """Tell whether it is shown."""
        return not self._inspector.isHidden()

    def choose(self) -> None:
        """Open it where choosing a row is enough: beside the page, unless the person closed it."""
        if self.opens_by_itself and not self._is_over:
            self.open()

    def open(self) -> None:
        """Bring it up."""
        self.opens_by_itself = True
        if not self.is_open:
            self.arrange()
            self._inspector.show()
            self._inspector.raise_()
            self._lay_out()
            self.changed.emit()

    def close(self) -> None:
        """Hide it, and let it stay so until it is asked for."""
        self.opens_by_itself = False
        self.leave()

    def leave(self) -> None:
        """Hide it with the page it was about."""
        if self.is_open:
            self._inspector.hide()
            self.changed.emit()

    def widen(self, step: int) -> None:
        """Make it wider or narrower: a splitter cannot be moved with keys."""
        self.keep_width(self.width_px + step * STEP_PX)
        self._lay_out()

    def keep_width(self, pixels: int) -> None:
        """Be as wide as wished, at the usual size of text, within what can be used."""
        self.width_px = min(WIDEST_PX, max(NARROWEST_PX, pixels))

    @Slot()
    def arrange(self) -> None:
        """Stand beside the page or over it, as the window's width asks for."""
        is_over = self._over.width() < theme().px(BESIDE_FROM_PX)
        if is_over != self._is_over:
            was_open = self.is_open
            self._is_over = is_over
            kind(self._inspector, "over" if is_over else "panel")
            if is_over:
                self._inspector.setParent(self._over)
            else:
                self._split.addWidget(self._inspector)
                self._split.setStretchFactor(0, 1)
                self._split.setStretchFactor(1, 0)
            self._inspector.setVisible(was_open)
        self._lay_out()

    def _lay_out(self) -> None:
        wanted = theme().px(self.width_px)
        if self._is_over:
            place = self._split.geometry()
            wide = min(wanted, place.width() - _LEFT_FREE_PX)
            self._inspector.setGeometry(place.right() - wide + 1, place.top(), wide, place.height())
            self._inspector.raise_()
        elif self.is_open:
            self._split.setSizes([self._split.width() - wanted, wanted])

    @Slot()
    def _follow(self) -> None:
        """Follow the size of the window, in a turn of its own: the splitter is in the middle of its layout."""
        turns().soon(self.arrange)

    @Slot()
    def _moved(self) -> None:
        if not self._is_over and self.is_open:
            self.keep_width(round(self._inspector.width() * 100 / theme().zoom))
