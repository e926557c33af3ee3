"""Saying to those who hear the window what others see change."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str, *, at_once: bool = False) -> None:
    """Let a screen reader say a text when it has ended its sentence, or at once; nobody else notices."""
    if text and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, text)
        ways = QAccessible.AnnouncementPoliteness
        event.setPoliteness(ways.Assertive if at_once else ways.Polite)
        QAccessible.updateAccessibility(event)
