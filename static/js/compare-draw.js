// @ts-check
/** Drawing: a square for each byte, meters of totals, and the lanes of the race. Nothing here is measured. */
import { h } from "./dom.js";

export const LAYERS = ["payload", "framing", "headers", "security", "network"];
export const SIDES = ["client", "server"];

const SVG = "http://www.w3.org/2000/svg";
const ROWS = 8;
const CELL = 6;
const MOST = 1100;

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Element} children */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Each layer has a shape of its own, so that colour is never alone. @type {Record<string, (x: number, y: number) => string>} */
const SHAPES = {
  payload: (x, y) => `M${x} ${y}h5v5h-5z`,
  framing: (x, y) => `M${x} ${y + 5}L${x + 5} ${y}V${y + 5}z`,
  headers: (x, y) => `M${x} ${y}h5v3h-5z`,
  security: (x, y) => `M${x + 1} ${y}h3v5h-3z`,
  network: (x, y) => `M${x + 1} ${y + 1}h3v3h-3z`,
};

/**
 * Bytes of each layer for one message, both directions together.
 * @param {any} result
 * @returns {Record<string, number>}
 */
export function parts(result) {
  const count = Math.max(result.count, 1);
  const of = (/** @type {string} */ layer) => SIDES.reduce((sum, side) => sum + result.messages[side][layer], 0);
  return Object.fromEntries(LAYERS.map((layer) => [layer, of(layer) / count]));
}

/** @param {Record<string, number>} of */
export const total = (of) => Object.values(of).reduce((sum, size) => sum + size, 0);

/** All bytes of set-up. @param {any} result */
export const setup = (result) => SIDES.reduce((sum, side) => sum + total(result.setup[side]), 0);

/** Bytes that one square stands for, so that the longest row still fits. @param {number} longest */
export function unit(longest) {
  let size = 1;
  while (longest / size > MOST) size *= 2;
  return size;
}

/**
 * @param {Record<string, number>} of  bytes by layer
 * @param {number} longest  bytes of the longest row, which fills the width
 * @param {string} label
 */
export function squares(of, longest, label) {
  const size = unit(longest);
  const columns = Math.ceil(longest / size / ROWS);
  const drawing = svg("svg", { class: "bytes", viewBox: `0 0 ${columns * CELL} ${ROWS * CELL}`, role: "img", "aria-label": label });
  let at = 0;
  for (const layer of LAYERS) {
    const end = at + Math.round(of[layer] / size);
    let path = "";
    for (; at < end; at++) path += SHAPES[layer](Math.floor(at / ROWS) * CELL, (at % ROWS) * CELL);
    if (path) drawing.append(svg("path", { class: `l-${layer}`, d: path }));
  }
  return drawing;
}

/** @param {number} share  0 to 1 */
export function meter(share) {
  const bar = svg("rect", { class: "meter-bar", width: Math.max(share * 100, 0.5), height: 8, rx: 0 });
  return svg("svg", { class: "meter", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, bar);
}

const WIDTH = 1040;
const MARGIN = 20;

/**
 * One lane of the race: dashed where something happened, solid where the client knew, grey while it waited.
 * @param {{events: number[], arrivals: (number | null)[]}} lane @param {number} ms @param {string} label
 */
export function lane(lane, ms, label) {
  const x = (/** @type {number} */ at) => MARGIN + (at / ms) * (WIDTH - 2 * MARGIN);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} 50`, preserveAspectRatio: "none", role: "img", "aria-label": label });
  lane.events.forEach((at, index) => {
    const known = lane.arrivals[index];
    drawing.append(svg("line", { class: "lv-ev", x1: x(at), x2: x(at), y1: 0, y2: 50 }));
    if (known === null) return;
    const y = 9 + index * 8;
    if (known - at > ms / 50) drawing.append(svg("line", { class: "lv-wait", x1: x(at), x2: x(known), y1: y, y2: y }));
    drawing.append(svg("rect", { class: "lv-del", x: x(known), y: 10, width: 5, height: 30, rx: 2 }));
  });
  return drawing;
}

/** The key of a layer. @param {string} layer */
export const key = (layer) => h("i", { class: `key-sw l-${layer}`, "aria-hidden": "true" });

/** @param {number} size */
export const whole = (size) => Math.round(size).toLocaleString("en-GB");

/** @param {number} size */
export function amount(size) {
  if (size >= 1e6) return `${(size / 1e6).toFixed(2)} MB`;
  return size >= 1e4 ? `${Math.round(size / 1e3)} kB` : `${whole(size)} B`;
}

/** @param {number[]} values */
export function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
