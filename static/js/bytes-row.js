// @ts-check
/** One row of the byte grid: a line of text, and one gradient behind it for all of its fields. */
import { PAGE } from "./stream.js";

/** @typedef {import("./stream.js").Page} Page */

export const PER = 16;
const FIRST = 10;
const HALF = 8;

/** Where byte `column` of a row begins, in characters. @param {number} column */
export const left = (column) => FIRST + column * 3 + (column >= HALF ? 1 : 0);

/** @param {HTMLElement} element @param {import("./stream.js").Stream} stream @param {number} row */
export function drawRow(element, stream, row) {
  const start = row * PER;
  const page = stream.page(start);
  const at = (start % PAGE) * 2;
  const pairs = page?.hex.slice(at, at + PER * 2).match(/../g) ?? [];
  const line = start < stream.size ? text(start, pairs) : "";
  if (element.textContent !== line) element.textContent = line;
  element.style.backgroundImage = page ? colours(page, start, pairs.length) : "none";
}

/** @param {number} start @param {string[]} pairs */
function text(start, pairs) {
  const hex = [pairs.slice(0, HALF), pairs.slice(HALF)].map((half) => half.join(" ").padEnd(3 * HALF)).join(" ");
  const chars = pairs.map((pair) => Number.parseInt(pair, 16)).map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·"));
  return `${start.toString(16).padStart(FIRST - 2, "0")}  ${hex} ${chars.join("")}`;
}

/** @param {Page} page @param {number} start @param {number} count */
function colours(page, start, count) {
  const stops = [];
  for (const [from, end, family] of page.runs) {
    if (end <= start) continue;
    if (from >= start + count) break;
    const a = left(Math.max(from, start) - start);
    const b = left(Math.min(end, start + count) - 1 - start) + 2;
    stops.push(`transparent ${a}ch`, `var(--${family}-one) ${a}ch ${b}ch`, `transparent ${b}ch`);
  }
  return stops.length ? `linear-gradient(90deg, ${stops.join(", ")})` : "none";
}
