// @ts-check
/**
 * One highlight for the whole page. Whatever carries `data-f` (field names) and perhaps `data-b` (a byte) takes part.
 * Hover or keyboard focus makes a field hot: a class only, so nothing moves or scrolls. Click or Enter chooses it.
 */
import { all } from "./dom.js";

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const carrier = (target) => (target instanceof Element ? target.closest("[data-f]") : null);

/** Elements of a field. @param {string} f @param {ParentNode} root */
export function ofField(f, root) {
  const query = f.split(" ").map((name) => `[data-f~="${CSS.escape(name)}"]`).join(",");
  return query ? all(query, root) : [];
}

/**
 * @param {HTMLElement} root
 * @param {(field: string, byte: number | null, event: Event) => void} choose
 */
export function listen(root, choose) {
  /** @param {HTMLElement | null} element */
  const mark = (element) => {
    for (const old of all(".hot, .hotb", root)) old.classList.remove("hot", "hotb");
    const f = element?.dataset.f ?? "";
    root.toggleAttribute("data-hot", f !== "");
    if (!f) return;
    for (const part of ofField(f, root)) {
      part.classList.add("hot");
      if (element?.dataset.b && part.dataset.b === element.dataset.b) part.classList.add("hotb");
    }
  };
  root.addEventListener("pointerover", (event) => mark(carrier(event.target)));
  root.addEventListener("pointerleave", () => mark(null));
  root.addEventListener("focusin", (event) => {
    const element = carrier(event.target);
    if (element?.matches(":focus-visible")) mark(element);
  });
  root.addEventListener("focusout", () => mark(null));
  root.addEventListener("click", (event) => {
    const element = carrier(event.target);
    if (!element || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const byte = element.dataset.b === undefined ? null : Number(element.dataset.b);
    choose(element.dataset.f ?? "", byte, event);
  });
}
