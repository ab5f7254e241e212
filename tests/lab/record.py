"""Measures every row at every size in a real browser and keeps the figures as app/lab/recorded.json.

Run it as `python -m tests.lab.record` on a quiet machine; it takes a few minutes.
"""

from __future__ import annotations

import datetime
import json
import os
from typing import Any

from playwright.sync_api import Page, sync_playwright

from app import create_app
from app.lab.lab import missing, versions
from app.lab.plan import ROWS, SIZES
from app.lab.recorded import FILE
from app.lab.workloads import WORKLOADS, cost, verdict
from app.live.server import background
from tests.conftest import QUIET, system_browser

COUNT = 20
SAMPLED = 1024
"""Bytes of the sample that are kept of each piece: enough to be looked at."""

ROW = """async ({plan, id}) => {
  const { Measurement } = await import("/static/js/compare-measure.js");
  const facts = JSON.parse(document.querySelector("ss-compare").dataset.lab).facts;
  const one = new Measurement(plan, facts);
  await one.start(window.lastRun ?? "");
  window.lastRun = one.id;
  return one.row(id, () => {});
}"""
RACE = """async (ids) => {
  const { Measurement } = await import("/static/js/compare-measure.js");
  const facts = JSON.parse(document.querySelector("ss-compare").dataset.lab).facts;
  const one = new Measurement({size: 32, count: 1, sender: "server", cookies: false}, facts);
  await one.start(window.lastRun ?? "");
  window.lastRun = one.id;
  return one.race(ids);
}"""


def measure(page: Page, row: str, size: int, sender: str) -> dict[str, Any]:
    """The median run of three, by total: one with a retransmission in it is not recorded."""
    plan = {"size": size, "count": COUNT, "sender": sender, "cookies": False}
    found = [page.evaluate(ROW, {"plan": plan, "id": row}) for _ in range(3)]
    found.sort(key=lambda one: sum(size for side in one["messages"].values() for size in side.values()))
    chosen: dict[str, Any] = found[1]
    for piece in chosen["sample"]:
        piece["hex"] = piece["hex"][: 2 * SAMPLED]
    print(row, size, sender, chosen["each"], flush=True)
    return chosen


def main() -> None:
    """Measure and write."""
    rows = [row for row in ROWS.values() if row.id not in missing()]
    with background(create_app()) as server, sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=system_browser(), args=[*QUIET, *sandbox])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/compare")
        results = [measure(page, row.id, size, side) for row in rows for side in row.sides for size in SIZES]
        for found in results:
            if found["size"] != 32:
                found["sample"] = []
        works = []
        for work in WORKLOADS:
            plain = [row for row in rows if row.browser and not row.deflate and row.kind != "long"]
            fitting = [row for row in plain if work.sender in row.sides]
            works.append(verdict(work, [cost(work, measure(page, row.id, work.size, work.sender)) for row in fitting]))
        race = page.evaluate(RACE, ["poll", "sse", "ws", "rtc"])
        client = f"Chromium {browser.version.split('.')[0]}"
        browser.close()
    found = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "client": client,
        "count": COUNT,
        "versions": versions(),
        "race": race,
        "results": results,
        "workloads": works,
    }
    FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
