// @ts-check
/** The same bytes as they travelled, unmasked, or as the whole message: one of them is shown. */
import { all, h } from "./dom.js";

let chosen = "wire";

/** @param {HTMLElement} root */
export function drawLens(root) {
  const names = all("[data-lens-b]", root).map((button) => button.dataset.lensB ?? "");
  const lens = names.includes(chosen) ? chosen : "wire";
  for (const button of all("[data-lens-b]", root)) button.setAttribute("aria-pressed", String(button.dataset.lensB === lens));
  for (const panel of all("[data-lens]", root)) {
    if (!(panel instanceof HTMLTemplateElement)) panel.hidden = panel.dataset.lens !== lens;
    else if (panel.dataset.lens === lens) panel.replaceWith(h("div", { "data-lens": lens }, panel.content));
  }
}

/** @param {HTMLElement} scope @param {() => void} drawn */
export function listenLens(scope, drawn) {
  scope.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-lens-b]")) : null;
    if (!button) return;
    chosen = button.dataset.lensB ?? "wire";
    drawn();
  });
}
