// @ts-check
/** Presentation: one sentence, the bits in grey, a spotlight on one field. `?present=1` opens a page that way. */
import { select } from "./cursor.js";
import { all, find, memory } from "./dom.js";
import { fieldsOf } from "./marks.js";
import { store } from "./store.js";

const root = document.documentElement;
const ROWS = 3;

export const presenting = () => root.classList.contains("present");

export function togglePresent() {
  if (presenting()) leave();
  else enter();
}

function address(/** @type {boolean} */ on) {
  const url = new URL(location.href);
  if (on) url.searchParams.set("present", "1");
  else url.searchParams.delete("present");
  history.replaceState(null, "", url);
}

function enter() {
  root.classList.add("present");
  root.classList.remove("basic");
  store.set({ more: true });
  address(true);
  frame();
}

export function leave() {
  root.classList.remove("present");
  const more = memory.get("ss-more") === "1";
  root.classList.toggle("basic", !more);
  store.set({ more });
  address(false);
}

/** Moves the spotlight from field to field, and stays on the slide. @param {1 | -1} way */
export function spotlight(way) {
  const shown = find("ss-scope .explain");
  const fields = shown ? fieldsOf(shown) : [];
  const here = fields.findIndex(({ names }) => names.includes(store.state.cursor?.field.split(" ")[0] ?? ""));
  const next = fields[here + way];
  if (next) select(next.names.join(" "));
}

/** Of a long unit: three rows of bits around the field in the light; of a head: its line in view. */
function frame() {
  if (!presenting()) return;
  for (const bits of all("ss-scope .bits")) {
    const rows = all(".b-row", bits);
    const first = Math.max(0, rows.findIndex((row) => row.querySelector(".bit.selb, .bit.sel")));
    const from = Math.max(0, Math.min(first, rows.length - ROWS));
    rows.forEach((row, n) => row.classList.toggle("off-stage", n < from || n >= from + ROWS));
  }
  const line = find("ss-scope .hl.sel");
  const box = find("ss-scope .http-lines");
  if (line && box) box.scrollTop = line.offsetTop - box.offsetTop - box.clientHeight / 3;
}

export function listenPresent() {
  document.addEventListener("ss-marked", frame);
  for (const button of all("[data-do-present]")) button.addEventListener("click", togglePresent);
  if (presenting()) store.set({ more: true });
}
