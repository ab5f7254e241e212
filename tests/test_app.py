"""The place where the parts are joined."""

import app
from app import create_app
from app.settings import Settings


def test_the_app_finds_its_templates_styles_and_lessons() -> None:
    assert {"templates", "static", "lessons"} <= {path.name for path in app.ROOT.iterdir()}


def test_pages_api_and_feed_are_joined() -> None:
    made = create_app(Settings(), ("127.0.0.1", 0))
    paths = {rule.rule.split("/")[1] for rule in made.url_map.iter_rules()}
    assert {"", "learn", "live", "api", "feed", "static"} <= paths


def test_two_apps_share_nothing() -> None:
    first, second = create_app(), create_app()
    assert first.extensions["hub"] is not second.extensions["hub"]
