"""The table of settings and how the environment changes it."""

import pytest

from app.settings import Settings, SettingsError, load


def test_without_an_environment_the_table_holds() -> None:
    assert load({}) == Settings()


def test_the_environment_changes_it() -> None:
    changed = load({"SOCKETSCOPE_TRACE_CONNECTION": "1024", "SOCKETSCOPE_HEAD_SECONDS": "2.5", "OTHER": "x"})
    assert changed.trace_connection == 1024 and changed.head_seconds == 2.5


def test_names_of_hosts_are_a_list() -> None:
    assert load({"SOCKETSCOPE_HOSTS": "Board.lan, other"}).host_names == {"board.lan", "other"}


@pytest.mark.parametrize("text", ["", "many", "0", "-1", "inf", "nan"])
def test_a_value_that_makes_no_sense_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="SOCKETSCOPE_SEND_SECONDS"):
        load({"SOCKETSCOPE_SEND_SECONDS": text})
