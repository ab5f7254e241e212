"""Which certificate is shown, and settings that cannot be used."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from app.live import secure as subject
from app.live.secure import Secure, state_folder
from app.settings import Settings, SettingsError
from tests.tls_pairs import certificate

HOME = Settings()


def test_what_is_made_is_kept_where_the_settings_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/x")
    assert state_folder(HOME) == Path("/x/socketscope")
    monkeypatch.delenv("XDG_STATE_HOME")
    assert state_folder(HOME) == Path.home() / ".local" / "state" / "socketscope"
    assert state_folder(replace(HOME, state_dir=str(tmp_path))) == tmp_path


def test_files_that_cannot_be_used_are_told_at_once(tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"junk")
    for cert, key in (("/no/such/file", ""), (str(junk), ""), ("", str(junk))):
        with pytest.raises(SettingsError, match="SOCKETSCOPE_"):
            Secure(replace(HOME, cert=cert, key=key), "127.0.0.1", trusted=True)


def test_ones_own_certificate_needs_nothing_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(certificate())
    monkeypatch.setattr(subject, "can_make", lambda: False)
    assert not Secure(HOME, "127.0.0.1", trusted=True).possible
    assert Secure(replace(HOME, cert=str(own)), "127.0.0.1", trusted=True).possible
    assert Secure(replace(HOME, cert=str(own), key=str(own)), "127.0.0.1", trusted=True).possible


def test_a_name_that_no_certificate_can_have_is_no_crash() -> None:
    secure = Secure(replace(HOME, hosts="b\u00fccher.example"), "127.0.0.1", trusted=True)
    here, there = socket.socketpair()
    with here, there, pytest.raises(OSError):
        secure.wrap(here, ())


@pytest.mark.parametrize(
    ("host", "extra"), [("0.0.0.0", ()), ("10.1.2.3", ("10.1.2.3",)), ("Scope.Test", ("scope.test",))]
)
def test_the_certificate_is_for_the_address_bound_to(host: str, extra: tuple[str, ...]) -> None:
    names = subject._names(replace(HOME, hosts="b.example, a.example"), host)
    assert names == ("localhost", "127.0.0.1", "::1", "a.example", "b.example", *extra)
