"""Socketscope: the one place where the parts are joined. Flask is imported inside, so that pure parts stay pure."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE if (HERE / "templates").is_dir() else HERE.parent
"""Where templates, static and lessons are: beside the package in a checkout, inside it once installed."""


def create_app(settings: Settings | None = None, bind: tuple[str, int] = ("127.0.0.1", 5000)) -> Flask:
    """The application. `bind` is the address it will be served on, which decides what visitors may do."""
    from flask import Flask

    from app.live.hub import Hub
    from app.settings import Settings
    from app.web import api, build, compare, feed, inspect, safety

    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    hub = Hub(settings or Settings(), bind)
    app.extensions["hub"] = hub
    safety.protect(app, hub)
    app.register_blueprint(api.bp)
    feed.connect(app)
    compare.connect(app, hub)
    inspect.connect(app, hub)
    build.connect(app, hub)
    if find_spec("app.web.pages"):
        app.register_blueprint(import_module("app.web.pages").bp)
        app.register_blueprint(import_module("app.web.cutout").bp)
        import_module("app.web.tasks").connect(app, hub)
        import_module("app.web.reference").connect(app, hub)
        import_module("app.web.lens").connect(app, hub)
    return app
