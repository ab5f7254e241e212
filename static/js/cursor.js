// @ts-check
/** Moving through the conversation: one cursor of row, field and byte for the whole page. */

import { find, memory } from "./dom.js";
import { rungAt } from "./rungs.js";
import { store } from "./store.js";

/** Index of the chosen row, -1 while there is none. */
export const index = () => store.state.rungs.findIndex((rung) => rung.key === store.state.at);

/** The chosen row. */
export const current = () => store.state.rungs[index()] ?? null;

/** @param {string} key @param {string | null} [field] @param {number | null} [byte] */
export function go(key, field = null, byte = null) {
  const { rungs, follow, seenRows } = store.state;
  const last = rungs.at(-1)?.key === key;
  const place = rungs.findIndex((rung) => rung.key === key);
  const seen = follow ? rungs.length : Math.max(seenRows, place + 1);
  store.set({ at: key, field, byte, space: "wire", edge: null, follow: follow && last, seenRows: seen });
  countNews();
}

/** @param {number} place */
export function goIndex(place) {
  const { rungs } = store.state;
  const rung = rungs[Math.max(0, Math.min(rungs.length - 1, place))];
  if (rung && rung.key !== store.state.at) go(rung.key);
}

/** How many rows have come since the reader looked elsewhere; none while the tail is followed. */
export function countNews() {
  const { rungs, follow, seenRows, source } = store.state;
  store.set({ news: source === "recorded" || follow ? 0 : Math.max(0, rungs.length - seenRows) });
}

/** Follows the tail again. */
export function jumpToNewest() {
  store.set({ follow: true });
  goIndex(store.state.rungs.length - 1);
  countNews();
}

/** Pins a field, or a byte of it; with null lets go of it again.
 * @param {string | null} field @param {number | null} [byte] @param {string} [space] */
export function select(field, byte = null, space = "wire") {
  store.set({ field, byte, space, edge: null });
}

/** The row of a step of the lesson (counted from 1), null while the conversation has not reached it. @param {number} step */
export function rungOfStep(step) {
  const { binding, rungs, events } = store.state;
  const seq = binding.steps[step - 1] ?? null;
  // The binding may know more than has been drawn: then the step waits a moment longer.
  return seq === null || seq > (events.at(-1)?.seq ?? -1) ? null : rungAt(rungs, seq);
}

/** Whether a step is about the chosen row. @param {number} step */
export const isHere = (step) => {
  const rung = rungOfStep(step);
  return rung !== null && rung.key === store.state.at;
};

/** The step of the lesson that the chosen row belongs to: of its own the one that is open, else the first; else the
 * first of those about the nearest row before it. */
export function stepOfCursor() {
  const { binding, rungs } = store.state;
  const place = index();
  const open = Number(find(".lesson section.cur")?.dataset.step ?? 0);
  if (open && isHere(open)) return open;
  let [found, nearest] = [0, -1];
  binding.steps.forEach((_, n) => {
    const rung = rungOfStep(n + 1);
    const at = rung ? rungs.indexOf(rung) : -1;
    if (at > nearest && at <= place) [found, nearest] = [n + 1, at];
  });
  if (nearest === place) return found;
  // What is held outbound is no event yet: it belongs to the step that comes next, if that is the server's.
  const pending = current()?.event === null && find(`.lesson section[data-step="${found + 1}"]`);
  return pending && pending.dataset.side === current()?.side ? found + 1 : found;
}

/** @param {boolean} more */
export function unfold(more) {
  memory.set("ss-more", more ? "1" : "0");
  document.documentElement.classList.toggle("basic", !more);
  store.set({ more, byte: null });
}
