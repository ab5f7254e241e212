// @ts-check
/** The page of a rule: its example drawn as in a lesson, and runs that take its place there. */
import "./ladder.js";
import "./scope.js";
import { call, post, useKey } from "./api.js";
import { listen } from "./bus.js";
import { select } from "./cursor.js";
import { all, find, h } from "./dom.js";
import { gridKey } from "./grid.js";
import { store } from "./store.js";
import { visit } from "./visit.js";
import { t } from "./words.js";

const page = /** @type {HTMLElement} */ (find("main[data-rule]"));
const rule = page.dataset.rule ?? "";
const LATE_SECONDS = 12;
const PAUSE = 250;

const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @typedef {{id: string, ws_url: string, page_url: string}} Opened */
/** @typedef {{session: string, connection: string, clean?: boolean}} Place */
/** @typedef {{done: boolean, fired: boolean, seq: number | null, says: string[]}} Verdict */

/** The example: what the server drew already, now with a cursor. */
async function example() {
  const { events } = await call(page.dataset.events ?? "");
  const seq = find("ss-scope .explain")?.dataset.seq;
  store.set({ source: "recorded", session: null, connection: null, events, at: seq ? `e${seq}` : null, more: true, field: null });
}

/** @param {Opened} opened @param {HTMLElement} way @param {HTMLElement} told */
async function start(opened, way, told) {
  if (way.dataset.way !== "browser") return post(`/api/sessions/${opened.id}/rule`, { rule, way: way.dataset.way });
  const protocols = (page.dataset.protocols ?? "").split(",").filter(Boolean);
  const url = `${opened.ws_url}?app=${way.dataset.app}`;
  const clean = await visit(url, protocols, (line) => told.replaceChildren(line), LATE_SECONDS);
  const { connections } = await call(`/api/sessions/${opened.id}`);
  return { session: opened.id, connection: connections.at(-1)?.id ?? "", clean };
}

/** Asks until the connection has ended, or it gets late. @param {Place} place @param {HTMLElement} way @returns {Promise<Verdict>} */
async function judged(place, way) {
  const query = new URLSearchParams({ rule, way: way.dataset.way ?? "", connection: place.connection, clean: place.clean === false ? "0" : "1" });
  const end = performance.now() + 1000 * (LATE_SECONDS + Number(way.dataset.seconds ?? 0));
  for (;;) {
    const verdict = await call(`/api/sessions/${place.session}/verdict?${query}`);
    if (verdict.done || performance.now() > end) return verdict;
    await wait(PAUSE);
  }
}

/** The run takes the place of the example. @param {Place} place @param {Verdict} verdict */
async function show(place, verdict) {
  const { events } = await call(`/api/sessions/${place.session}/events?connection=${place.connection}`);
  const at = verdict.seq === null ? null : `e${verdict.seq}`;
  store.set({ source: "live", session: place.session, connection: place.connection, events, at, field: null, byte: null });
  for (const peer of all(".peer small")) peer.textContent = t("js.rule.yours");
  /** @type {HTMLElement} */ (find(".of-example")).hidden = true;
  /** @type {HTMLElement} */ (find("[data-do=example]")).hidden = false;
}

/** @param {HTMLElement} way @param {HTMLButtonElement} button */
async function run(way, button) {
  const told = h("p", { class: "saw" });
  const box = /** @type {HTMLElement} */ (find(".res", way));
  const label = /** @type {HTMLElement} */ (find("span", button));
  box.replaceChildren(told);
  box.classList.add("on");
  label.textContent = t("js.rule.running");
  button.disabled = true;
  try {
    const opened = await post("/api/sessions", {});
    useKey(opened.key);
    const place = await start(opened, way, told);
    const verdict = await judged(place, way);
    box.replaceChildren(...verdict.says.map((line) => h("p", {}, line)), told);
    if (!verdict.done) box.append(h("p", {}, t("js.rule.late", { seconds: LATE_SECONDS })));
    box.append(h("p", {}, h("a", { href: opened.page_url }, box.dataset.open ?? "")));
    box.dataset.fired = String(verdict.fired);
    await show(place, verdict);
  } catch (error) {
    box.replaceChildren(h("p", { role: "alert" }, String(/** @type {Error} */ (error).message)));
  }
  button.disabled = false;
  label.textContent = t("js.rule.again");
}

for (const way of all("[data-way]")) {
  const button = /** @type {HTMLButtonElement} */ (find("button", way));
  button.addEventListener("click", () => run(way, button));
}
find("[data-do=example]")?.addEventListener("click", () => location.reload());
listen(document.body, (field, byte, carrier) => select(field, carrier.closest(".bits, .hex, .xor") ? byte : null));
document.addEventListener("keydown", (event) => void gridKey(event));
example();
