"""The certificate made on first use: for these names only, for thirty days, for its owner's eyes."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from app.live import certificate as subject
from app.live.certificate import AUTHORITY, certificate

NAMES = ("localhost", "127.0.0.1", "::1", "scope.example")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_files_are_for_their_owner(tmp_path: Path) -> None:
    path = certificate(tmp_path / "state", NAMES)
    assert [mode(each) for each in (path.parent, path, path.parent / AUTHORITY)] == [0o700, 0o600, 0o600]
    assert sorted(each.name for each in path.parent.iterdir()) == ["authority.pem", "server.pem"]


def test_the_authority_may_sign_these_names_only_and_its_key_is_nowhere(tmp_path: Path) -> None:
    path = certificate(tmp_path, NAMES)
    leaf, authority = x509.load_pem_x509_certificates(path.read_bytes())
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert permitted.critical and permitted.value.permitted_subtrees
    assert {str(each.value) for each in permitted.value.permitted_subtrees} == {
        "localhost",
        "127.0.0.1/32",
        "::1/128",
        "scope.example",
    }
    leaf.verify_directly_issued_by(authority)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=30, hours=1)
    assert path.read_bytes().count(b"PRIVATE KEY-----") == 2
    assert b"PRIVATE" not in (tmp_path / AUTHORITY).read_bytes()
    kept = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert kept.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(name) for name in NAMES[1:3]]


def test_the_ssl_module_accepts_it_strictly(tmp_path: Path) -> None:
    certificate(tmp_path, NAMES)
    context = ssl.create_default_context(cafile=str(tmp_path / AUTHORITY))
    assert context.cert_store_stats()["x509_ca"] == 1


def test_it_is_made_once_and_again_for_more_names_or_when_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = certificate(tmp_path, NAMES).read_bytes()
    assert certificate(tmp_path, NAMES[:2]).read_bytes() == first
    second = certificate(tmp_path, (*NAMES, "more.example")).read_bytes()
    assert second != first
    monkeypatch.setattr(subject, "RENEW_BEFORE", timedelta(days=31))
    assert certificate(tmp_path, NAMES).read_bytes() != second


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    path = certificate(tmp_path, NAMES)
    path.write_bytes(b"junk")
    assert b"CERTIFICATE" in certificate(tmp_path, NAMES).read_bytes()
    assert subject.can_make()
