"""Tasks of lessons: what a reader gives is judged, and the verdict comes back as JSON or as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.lessons import judge, lesson_programs
from app.lessons.judging import LONGEST
from app.live.hub import Hub
from app.web.pages import recorded, shelf
from app.words import t

bp = Blueprint("tasks", __name__)


def connect(app: Flask, hub: Hub) -> None:
    """Serve the tasks, and let the endpoint run what lessons bring along."""
    hub.programs |= lesson_programs(list(shelf().values()))
    app.register_blueprint(bp)


@bp.post("/learn/<slug>/task")
def judge_task(slug: str) -> ResponseReturnValue:
    """{"task", "answer", "seed"} -> {"right", "reasons"}; the same from a form gives a page."""
    if slug not in shelf():
        abort(404, t("error.no-lesson"))
    if (request.content_length or 0) > 4 * LONGEST:
        abort(413, t("task.too-long"))
    asked = _asked()
    lesson = shelf()[slug]
    task = next((task for task in lesson.tasks if task.id == asked["task"]), None)
    if task is None:
        abort(404, t("error.no-task"))
    verdict = judge(lesson, recorded(slug).example, task, asked["answer"], asked["seed"])
    if request.is_json:
        return jsonify(right=verdict.right, reasons=verdict.reasons)
    step = lesson.step_of_block(task.id) or 1
    return render_template("task.html", active="learn", lesson=lesson, verdict=verdict, step=step, task=task)


def _asked() -> dict[str, Any]:
    """What was sent, as text and a number, whatever it was."""
    body: Any = request.get_json(silent=True) if request.is_json else request.form
    if body is None or not hasattr(body, "get"):
        abort(400, t("task.unclear"))
    answer = body.get("answer", "") if request.is_json else " ".join(request.form.getlist("answer"))
    if isinstance(answer, list):
        answer = " ".join(map(str, answer))
    seed = str(body.get("seed", 0))
    return {
        "task": str(body.get("task", "")),
        "answer": str(answer),
        "seed": int(seed) if seed.isdecimal() and len(seed) < 10 else 0,
    }
