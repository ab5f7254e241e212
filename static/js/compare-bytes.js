// @ts-check
/** The bytes of one message, each in the colour of its layer. Heads are shown as text, the rest as hex. */
import { parts, whole } from "./compare-draw.js";
import { speaker } from "./compare-parts.js";
import { h } from "./dom.js";

const MOST = 256;

/** @param {string} hex */
const octets = (hex) => hex.match(/../g) ?? [];

/** Printable ASCII as it is, everything else as a dot. @param {string} hex */
const ascii = (hex) => octets(hex).map((two) => {
  const code = parseInt(two, 16);
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "·";
}).join("");

/** @param {string} hex */
function headText(hex) {
  const text = octets(hex).map((two) => String.fromCharCode(parseInt(two, 16))).join("");
  return text.replace(/\r\n/g, "␍␊\n");
}

/** @param {import("./compare-parts.js").Lab} lab @param {{layer: string, hex: string}} piece */
function piece(lab, { layer, hex }) {
  const w = speaker(lab);
  if (layer === "headers") return h("pre", { class: `pc p-${layer}`, tabindex: 0, "aria-label": lab.layers[layer] }, headText(hex));
  const left = hex.length / 2 - MOST;
  const shown = hex.slice(0, MOST * 2);
  return h(
    "div",
    { class: `pc p-${layer}` },
    h("small", {}, `${lab.layers[layer]}, ${whole(hex.length / 2)} B`),
    h("code", {}, octets(shown).join(" ")),
    h("code", { class: "asc" }, ascii(shown)),
    left > 0 && h("small", {}, w("bytes.more", { count: whole(left) })),
  );
}

/** @param {import("./compare-parts.js").Lab} lab @param {any} result */
export function sample(lab, result) {
  const w = speaker(lab);
  if (!result?.sample?.length) return [h("p", { class: "note" }, w("bytes.none"))];
  const blocks = [];
  /** @type {{side: string, element: HTMLElement} | null} */
  let block = null;
  for (const one of result.sample) {
    if (!block || block.side !== one.side) {
      block = { side: one.side, element: h("div", { class: `dirblock d-${one.side}` }, h("h3", {}, w(`bytes.${one.side}`))) };
      blocks.push(block.element);
    }
    block.element.append(piece(lab, one));
  }
  const sealed = parts(result).security;
  return [
    h("p", { class: "note" }, w("bytes.note", { index: 1 })),
    sealed ? h("p", { class: "note" }, w("bytes.sealed", { size: whole(sealed) })) : null,
    ...blocks,
  ].filter((element) => element !== null);
}
