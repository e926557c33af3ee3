"""The forms about the team copy, about loss and about objects by their names, loaded together on a worker."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.pages.joining import GetSheet, InviteSheet
from mlops_desk.gui.pages.objects_place import ObjectsPlaceSheet
from mlops_desk.gui.pages.recovery import KeySheet, MovedSheet, RecoverSheet, RenewSheet
from mlops_desk.gui.pages.team_copy import AddressSheet, SendSheet, TokenSheet, TrustSheet

SHEETS: dict[str, Callable[[Desk, QWidget], Sheet]] = {
    "address": AddressSheet,
    "send": SendSheet,
    "token": TokenSheet,
    "trust": TrustSheet,
    "invite": InviteSheet,
    "get": GetSheet,
    "objects-place": ObjectsPlaceSheet,
    "recovery-key": KeySheet,
    "recover": RecoverSheet,
    "renew": RenewSheet,
    "moved": MovedSheet,
}
