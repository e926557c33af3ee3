"""The eight states of the chip, in the words people read."""

from __future__ import annotations

import pytest

from mlops_desk.sync.states import SyncState, state_of


@pytest.mark.parametrize(
    ("values", "code", "text"),
    [
        ({"to_send": 0, "age_s": 130}, "same", "Up to date, 2 min ago"),
        ({"to_send": 0, "age_s": 5}, "same", "Up to date, just now"),
        ({"to_send": 0, "age_s": 7300}, "same", "Up to date, 2 h ago"),
        ({"to_send": 0, "age_s": 90_000}, "same", "Up to date, 1 day ago"),
        ({"to_send": 0, "age_s": -1}, "same", "Up to date"),
        ({"to_send": 3, "age_s": 0}, "to-send", "3 to send"),
        ({"to_send": 0, "to_receive": 5, "age_s": 0}, "to-receive", "5 to receive"),
        ({"to_send": 3, "to_receive": 5, "age_s": 0}, "both", "3 to send, 5 to receive"),
        ({"to_send": 3, "to_choose": 2, "not_trusted": 1, "age_s": 0}, "choose", "2 need your choice"),
        ({"to_send": 3, "not_trusted": 1, "age_s": 0}, "not-trusted", "1 entry not trusted"),
    ],
)
def test_that_each_state_has_its_words(values: dict[str, int], code: str, text: str) -> None:
    state = state_of(**values)
    assert (state.code, state.text) == (code, text)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (SyncState("offline", to_send=3), "Offline, 3 kept here"),
        (SyncState("offline"), "Offline"),
        (SyncState("no-remote", to_send=1), "No team copy yet, 1 kept here"),
        (SyncState("working"), "Syncing"),
        (SyncState("working", step=2), "Syncing, step 2 of 3"),
        (SyncState("refused", to_send=2), "Not synced, 2 kept here"),
        (SyncState("refused"), "Not synced"),
    ],
)
def test_that_no_team_copy_in_reach_is_a_state(state: SyncState, text: str) -> None:
    assert state.text == text
