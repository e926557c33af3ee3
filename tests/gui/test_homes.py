"""The home in the window: acts of its cards, and its own arrangement by menu and by list, without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.arrange import ArrangeDialog
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.kernel import settings
from mlops_desk.workspace.homes import HOMES

if TYPE_CHECKING:
    from collections.abc import Callable


def home(window: MainWindow) -> HomePage:
    page = window.stack.page
    assert isinstance(page, HomePage)
    return page


def test_that_the_act_of_every_card_leads_somewhere(window: MainWindow, settled: Callable[[], None]) -> None:
    for role in HOMES:
        window.desk.act_as(role)
        settled()
        for place in range(len(home(window).cards)):
            card = home(window).cards[place]
            button = card._button
            button.click()
            settled()
            forms = [each for each in window.findChildren(Form) if each.isVisible()]
            assert forms or window.inspector.isVisible() or window.stack.place != "home", f"{role}: {card.title}"
            for form in forms:
                form.close()
            window.inspector.hide()
            window.go("home")
            settled()


def test_that_a_card_is_moved_and_hidden_by_its_menu_and_comes_back(
    window: MainWindow, settled: Callable[[], None]
) -> None:
    before = home(window).names
    menu = home(window).card_menu(before[1])
    assert menu.actions()[0].text() == "Move before"
    menu.actions()[0].trigger()
    settled()
    moved = [before[1], before[0], *before[2:]]
    assert home(window).names == moved
    home(window).card_menu(moved[0]).actions()[2].trigger()
    settled()
    assert home(window).names == moved[1:]
    [kept] = settings.load().projects.values()
    assert [each.cards for each in kept.seats.values()] == [{window.desk.acting: moved[1:]}]
    home(window).card_menu(moved[1]).actions()[3].trigger()
    settled()
    assert home(window).names == before


def test_that_the_list_of_cards_is_worked_by_keys(window: MainWindow, settled: Callable[[], None]) -> None:
    before = home(window).names
    window.commands.run("arrange")
    settled()
    [dialog] = home(window).findChildren(ArrangeDialog)
    dialog.list.setCurrentRow(len(before))  # the first that does not stand there yet
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    added = dialog.chosen[-1]
    assert added not in before
    dialog._up.click()
    assert dialog.chosen == [*before[:-1], added, before[-1]]
    for row in range(dialog.list.count()):
        dialog.list.item(row).setCheckState(Qt.CheckState.Checked)
    assert not dialog.save.isEnabled(), "more than a home has room for"
    for row in range(len(before) + 1, dialog.list.count()):
        dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.save.click()
    settled()
    assert home(window).names == [*before[:-1], added, before[-1]]
