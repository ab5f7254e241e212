"""The place where the parts are joined."""

from app import ROOT, create_app


def test_templates_static_and_lessons_are_found() -> None:
    assert (ROOT / "templates").is_dir() and (ROOT / "static").is_dir()
    assert list((ROOT / "lessons").glob("[0-9]*.md"))


def test_an_application_has_pages_the_api_and_the_feed() -> None:
    rules = {rule.rule for rule in create_app().url_map.iter_rules()}
    assert {"/", "/api/sessions", "/feed/<id>", "/feed/<id>/sse"} <= rules


def test_the_bind_address_decides_trust() -> None:
    assert create_app().extensions["hub"].trusted
    assert not create_app(bind=("0.0.0.0", 5000)).extensions["hub"].trusted
