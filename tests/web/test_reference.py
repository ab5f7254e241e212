"""The pages of the reference, without a browser."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.protocol.rules import RULES
from app.reference.ways import ways, why_not
from app.words import t

HOST = {"Host": "127.0.0.1"}
TABLES = ("fields", "close-codes", "opcodes", "extensions", "states", "browser-api", "glossary", "limits")


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app().test_client()


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=HOST)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_index_leads_to_every_page(client: FlaskClient) -> None:
    page = get(client, "/reference")
    for name in ("rules", *TABLES, "api"):
        assert f'href="/reference/{name}"' in page
        get(client, f"/reference/{name}")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("unmasked", "/reference/rules/frm.mask"),
        ("1006", "/reference/close-codes#c1006"),
        ("masking key", "/reference/glossary#masking-key"),
        ("sec-websocket-accept", "/reference/rules/res.accept.value"),
        ("bufferedAmount", "/reference/browser-api#js"),
        ("SOCKETSCOPE_HEAD_BYTES", "/reference/limits#"),
        ("CLOSING", "/reference/states#"),
    ],
)
def test_what_is_looked_for_is_found(client: FlaskClient, query: str, wanted: str) -> None:
    assert f'href="{wanted}' in get(client, f"/reference?q={query}")


def test_what_is_not_there_is_said_and_nothing_is_markup(client: FlaskClient) -> None:
    page = get(client, "/reference?q=<script>zzz")
    assert t("ref.found.none") in page and "<script>zzz" not in page


def test_every_link_inside_the_reference_leads_somewhere(client: FlaskClient) -> None:
    pages = {f"/reference/{name}": get(client, f"/reference/{name}") for name in ("rules", *TABLES)}
    links = {link for page in pages.values() for link in re.findall(r'href="(/reference/[^"]*)"', page)}
    hits = get(client, "/reference?q=1") + get(client, "/reference?q=a")
    for link in links | set(re.findall(r'href="(/reference/[^"]*)"', hits)):
        path, _, place = link.partition("#")
        text = pages.get(path) or get(client, path)
        assert not place or f'id="{place}"' in text, link


def test_rules_are_filtered(client: FlaskClient) -> None:
    def shown(query: str) -> set[str]:
        return set(re.findall(r'<li id="([^"]+)">', get(client, f"/reference/rules?{query}")))

    assert shown("") == set(RULES)
    assert shown("severity=note&side=server") == {
        r.id for r in RULES.values() if r.severity == "note" and r.binds == "server"
    }
    assert shown("run=no") == {rule for rule in RULES if not ways(rule)}
    assert shown("run=browser&group=Closing") < shown("run=yes&group=Closing") < shown("group=Closing")
    assert t("rules.none") in get(client, "/reference/rules?group=nothing")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_page(client: FlaskClient, rule: str) -> None:
    page = get(client, f"/reference/rules/{rule}")
    assert page.count("<h1>") == 1 and f"<code>{rule}</code>" in page
    for way in ways(rule):
        assert f'data-way="{way.name}"' in page
    if reason := why_not(rule):
        assert t(f"rule.not.{reason}") in page and "data-way" not in page


def test_the_page_shows_the_bits_what_is_required_and_who_reacts_how(client: FlaskClient) -> None:
    page = get(client, "/reference/rules/frm.mask.client")
    assert 'class="bit b0 f-mask' in page and "versus" in page
    assert "aiohttp 3.14.5" in page and "accepts it" in page
    assert "/learn/when-a-client-forgets-to-mask" in page
    assert "/reference/rules/frm.mask.server" in page


def test_an_event_of_the_example_can_be_chosen(client: FlaskClient) -> None:
    assert 'data-seq="1"' in get(client, "/reference/rules/frm.rsv?seq=1")
    assert 'data-seq="1"' in get(client, "/reference/rules/frm.rsv/explain?seq=1")
    assert client.get("/reference/rules/frm.rsv/events", headers=HOST).json["events"][0]["kind"] == "request"


@pytest.mark.parametrize(
    "path",
    ["nothing", "rules/nothing", "rules/frm.rsv?seq=99", "rules/frm.rsv/explain", "rules/conn.pac-uri/explain?seq=0"],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/reference/{path}", headers=HOST).status_code == 404


def test_clauses_of_a_lesson_lead_to_the_reference(client: FlaskClient) -> None:
    page = get(client, "/learn/when-a-client-forgets-to-mask?step=3")
    assert 'class="clause" href="/reference/rules/frm.mask.client"' in page
    assert 'href="/reference/fields#mask"' in page
