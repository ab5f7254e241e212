// @ts-check
/** Bytes of a side's stream by range, from the server; pages of them are kept for a while. */
import { call } from "./api.js";
import { find } from "./dom.js";
import { store } from "./store.js";

/** @typedef {[start: number, end: number, family: string, field: string, seq: number]} Run */
/** @typedef {{start: number, size: number, hex: string, runs: Run[]}} Page */

export const PAGE = 1 << 14;
const KEPT = 64;
const AT_ONCE = 1 << 16;

/** Where bytes of the shown connection are; in a lesson `seq` says which connection. @param {Record<string, string | number>} query @param {string} what */
export function address(query, what) {
  const { source, session, connection } = store.state;
  const base = source === "recorded" ? location.pathname.replace(/\/$/, "") : `/api/sessions/${session}`;
  const parts = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  if (source !== "recorded") parts.set("connection", connection ?? "");
  else if (!parts.has("seq")) parts.set("seq", find("ss-scope .explain")?.dataset.seq ?? "0");
  return `${base}/${what}?${parts}`;
}

/** The bytes of a range as pairs of digits, as many calls as it takes. @param {string} side @param {number} start @param {number} end */
export async function range(side, start, end) {
  let hex = "";
  for (let at = start; at < end; at += AT_ONCE) {
    hex += (await call(address({ side, start: at, end: Math.min(end, at + AT_ONCE) }, "bytes"))).hex;
  }
  return hex;
}

/** Pages of one side, fetched when they are first looked at. */
export class Stream {
  /** @type {Map<number, Page | null>} null while it is on its way */
  #pages = new Map();
  size = 0;

  /** @param {string} side @param {() => void} arrived */
  constructor(side, arrived) {
    this.side = side;
    this.arrived = arrived;
  }

  /** The page that holds a byte, or null until it has come. @param {number} byte @returns {Page | null} */
  page(byte) {
    const number = Math.floor(byte / PAGE);
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    this.#pages.set(number, null);
    this.#fetch(number);
    return null;
  }

  /** @param {number} number */
  async #fetch(number) {
    const start = number * PAGE;
    const page = await call(address({ side: this.side, start, end: start + PAGE }, "bytes")).catch(() => null);
    this.#pages.delete(number);
    if (!page) return;
    this.#pages.set(number, page);
    this.size = page.size;
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > KEPT) this.#pages.delete(oldest);
    this.arrived();
  }
}
