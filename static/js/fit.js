// @ts-check
/** The server draws the bits twice, 32 and 16 in a row. Only what fits stays in the page; the other waits in a template. */
import { all } from "./dom.js";

const NARROW = 30;

/** @param {HTMLElement} box @param {HTMLElement} root @returns {boolean} whether anything changed */
export function fit(box, root) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const narrow = box.clientWidth < NARROW * rem + parseFloat(getComputedStyle(box).paddingLeft) * 2;
  const [wanted, other] = narrow ? ["n16", "n32"] : ["n32", "n16"];
  let changed = false;
  for (const waiting of all(`template[data-bits=${wanted}]`, root)) {
    waiting.replaceWith(/** @type {HTMLTemplateElement} */ (waiting).content);
    changed = true;
  }
  for (const bits of all(`.sec > .bits.${other}`, root)) {
    const waiting = document.createElement("template");
    waiting.dataset.bits = other;
    bits.replaceWith(waiting);
    waiting.content.append(bits);
    changed = true;
  }
  return changed;
}
