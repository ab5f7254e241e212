// @ts-check
/**
 * One highlight for the whole page. Whatever carries `data-f` (field names), perhaps with `data-b` (a byte), or
 * `data-key` (a row) takes part. Hover or keyboard focus makes it hot: a class only, so nothing moves or scrolls, and it
 * stays a moment longer, so that crossing a gap does not flicker. Click, touch or Enter pins.
 */
import { all } from "./dom.js";

const LINGER = 80;

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const carrier = (target) => (target instanceof Element ? target.closest("[data-f], [data-key]") : null);

/** Elements of a field. @param {string} f @param {ParentNode} root */
export function ofField(f, root) {
  const query = f.split(" ").map((name) => `[data-f~="${CSS.escape(name)}"]`).join(",");
  return query ? all(query, root) : [];
}

/** @param {HTMLElement} root @param {HTMLElement | null} element */
function light(root, element) {
  for (const old of all(".hot, .hotb", root)) old.classList.remove("hot", "hotb");
  const { f = "", b, key } = element?.dataset ?? {};
  root.toggleAttribute("data-hot", f !== "");
  for (const part of f ? ofField(f, root) : []) {
    part.classList.add("hot");
    if (b && part.dataset.b === b) part.classList.add("hotb");
  }
  if (key && !f) for (const part of all(`[data-key="${CSS.escape(key)}"]`, root)) part.classList.add("hot");
}

/**
 * @param {HTMLElement} root
 * @param {(field: string, byte: number | null, element: HTMLElement) => void} choose
 */
export function listen(root, choose) {
  let timer = 0;
  /** @type {HTMLElement | null} */
  let lit = null;
  /** @param {HTMLElement | null} element */
  const mark = (element) => {
    clearTimeout(timer);
    if (element === lit) return;
    const change = () => light(root, lit = element?.isConnected ? element : null);
    if (element) change();
    else timer = setTimeout(change, LINGER);
  };
  root.addEventListener("pointerover", (event) => event.pointerType === "touch" || mark(carrier(event.target)));
  root.addEventListener("pointerleave", () => mark(null));
  root.addEventListener("focusin", (event) => {
    const element = carrier(event.target);
    if (element?.matches(":focus-visible")) mark(element);
  });
  root.addEventListener("focusout", () => mark(null));
  root.addEventListener("click", (event) => {
    const element = carrier(event.target);
    if (!element?.dataset.f || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(element.dataset.f, element.dataset.b === undefined ? null : Number(element.dataset.b), element);
  });
}
