// @ts-check
/** Steps of every size: event, message, frame, field, byte; forward and back. Smaller steps run on into the next event. */
import { goIndex, index, isHere, select } from "./cursor.js";
import { find } from "./dom.js";
import { fieldsOf } from "./marks.js";
import { release } from "./session.js";
import { store } from "./store.js";

/** @typedef {import("./types.js").Rung} Rung */
/** @typedef {import("./types.js").Unit} Unit */

const scope = () => /** @type {import("./scope.js").Scope} */ (find("ss-scope"));

/** Several steps of a lesson may be about one row: opens the neighbour of the open step if it is. @param {1 | -1} way */
function stepHere(way) {
  const open = find(".lesson section.cur");
  const other = /** @type {HTMLElement | null} */ (way > 0 ? open?.nextElementSibling : open?.previousElementSibling);
  const here = other?.dataset.step !== undefined && isHere(Number(other.dataset.step));
  if (here) find("h2 a", other)?.click();
  return here;
}

/** Moves to the nearest row of a kind. @param {1 | -1} way @param {(rung: Rung) => boolean} wanted @returns {boolean} */
export function seek(way, wanted) {
  const { rungs } = store.state;
  for (let place = index() + way; place >= 0 && place < rungs.length; place += way) {
    if (!wanted(rungs[place])) continue;
    goIndex(place);
    return true;
  }
  return false;
}

/** Rows with which something has been said in full: heads, ends, the frames that complete a message, control frames. */
function complete() {
  const last = new Set(store.state.events.map((event) => event.message?.frames.at(-1)));
  return (/** @type {Rung} */ { event }) => event !== null && (!event.frame || event.frame.opcode > 7 || last.has(event.seq));
}

/** Past the newest row of a held connection a step lets the held unit through. */
function through() {
  const { rungs, held } = store.state;
  const there = held.length > 0 && rungs[index()]?.held?.n === held[0].n;
  if (there) release();
  return there;
}

/** @param {1 | -1} way */
function nextEvent(way) {
  if (stepHere(way)) return;
  if (way < 0 || !through()) goIndex(index() + way);
}

/** Runs on into the next event, at its near end. @param {1 | -1} way */
function over(way) {
  const before = index();
  if (way > 0 && through()) return;
  goIndex(before + way);
  if (index() !== before) store.set({ edge: way > 0 ? "first" : "last" });
}

/** @param {1 | -1} way */
function nextField(way) {
  const { cursor } = store.state;
  const fields = scope().shown ? fieldsOf(/** @type {HTMLElement} */ (scope().shown)) : [];
  const here = fields.findIndex(({ names }) => names.includes(cursor?.field.split(" ")[0] ?? ""));
  const next = fields[here + way];
  if (next) select(next.names.join(" "));
  else over(way);
}

/** @param {1 | -1} way */
function nextByte(way) {
  const { cursor, byte } = store.state;
  const here = byte ?? (cursor?.pinned ? cursor.bit >> 3 : way > 0 ? -1 : 0);
  const next = here + way;
  if (next >= 0 && next < scope().size) scope().goto(next);
  else over(way);
}

/** @type {Record<Unit, (way: 1 | -1) => void>} */
const UNITS = {
  event: nextEvent,
  message: (way) => void seek(way, complete()),
  frame: (way) => void seek(way, (rung) => rung.event?.kind === "frame"),
  field: nextField,
  byte: nextByte,
};

/** @param {1 | -1} way @param {Unit} [unit] */
export const step = (way, unit = store.state.unit) => UNITS[unit](way);

/** After running on: pins the first or last field or byte of what is shown now. */
export function settleEdge() {
  const { edge, unit } = store.state;
  const shown = scope().shown;
  if (!edge || !shown) return;
  store.set({ edge: null });
  const fields = fieldsOf(shown);
  const field = edge === "first" ? fields[0] : fields.at(-1);
  if (!field) return;
  if (unit === "byte") scope().goto(edge === "first" ? 0 : scope().size - 1);
  else select(field.names.join(" "));
}
