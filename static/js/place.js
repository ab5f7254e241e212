// @ts-check
/** Addresses of places: `#t=connection&e=event&s=bit.bits&v=lens`. The fragment may also carry the session's key. */
import { go, select } from "./cursor.js";
import { find } from "./dom.js";
import { fieldsOf } from "./marks.js";
import { store } from "./store.js";

/** @typedef {{t?: string, e?: number, bit?: number, bits?: number, v?: string}} Place */

/** @type {Place | null} what the address asks for and the page has not yet reached */
let wanted = null;

/** @returns {Place} */
export function read() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const span = /^(\d+)\.(\d+)$/.exec(parts.get("s") ?? "");
  const seq = parts.get("e") ?? "";
  return {
    t: parts.get("t") ?? undefined,
    e: /^\d+$/.test(seq) ? Number(seq) : undefined,
    bit: span ? Number(span[1]) : undefined,
    bits: span ? Number(span[2]) : undefined,
    v: parts.get("v") ?? undefined,
  };
}

/** The address of what is marked now. It never carries a key. */
export function link() {
  const { cursor, connection, rungs, at, lens } = store.state;
  const event = rungs.find((rung) => rung.key === at)?.event;
  const parts = new URLSearchParams();
  if (connection) parts.set("t", connection);
  if (event) parts.set("e", String(event.seq));
  if (cursor?.pinned) parts.set("s", `${cursor.bit}.${cursor.bits}`);
  if (lens !== "wire") parts.set("v", lens);
  return `${location.origin}${location.pathname}#${parts}`;
}

/** Goes where the address points, as soon as that is there. */
export function arrive() {
  if (!wanted) return;
  const { t, e, v } = wanted;
  const { rungs, connection, at } = store.state;
  if (t && connection && t !== connection) return;
  const key = `e${e}`;
  if (e === undefined || !rungs.some((rung) => rung.key === key)) return;
  if (v) store.set({ lens: v });
  if (at !== key) go(key);
  else span();
}

/** Pins the bits that the address names, once their event is shown. */
function span() {
  const shown = find("ss-scope .explain");
  if (!wanted || !shown || Number(shown.dataset.seq) !== wanted.e) return;
  const { bit, bits } = wanted;
  wanted = null;
  if (bit === undefined || bits === undefined) return;
  const field = fieldsOf(shown).find((one) => one.bit <= bit && bit < one.bit + one.bits);
  if (!field) return;
  const whole = field.bit === bit && field.bits === bits;
  select(field.names.join(" "), whole ? null : bit >> 3);
}

export function listenPlace() {
  wanted = read();
  store.on(["rungs", "connection"], arrive);
  document.addEventListener("ss-shown", span);
  addEventListener("hashchange", () => {
    wanted = read();
    arrive();
  });
}
