// @ts-check
/** What the section of bytes shows: bits or hex, and the bytes of which space. The server draws every space; this chooses. */
import { all, find, h, memory } from "./dom.js";
import { store } from "./store.js";

const shown = () => find("ss-scope .explain");

/** The spaces that this event has, wire first. */
export const lenses = () => all("[data-lens-b]", shown() ?? document.createElement("i")).map((b) => b.dataset.lensB ?? "");

/** @param {string} lens */
export function choose(lens) {
  store.set({ lens });
}

/** Wire bytes, or what was meant. */
export function toggleLens() {
  choose(store.state.lens === "wire" ? "unmasked" : "wire");
}

/** The message that the frame belongs to, joined and inflated. */
export function nextView() {
  choose(store.state.lens === "message" ? "wire" : "message");
}

/** Bits on top, or bytes only. */
export function toggleBits() {
  const off = document.documentElement.classList.toggle("no-bits");
  memory.set("ss-no-bits", off ? "1" : "0");
}

function draw() {
  const root = shown();
  if (!root) return;
  const has = lenses();
  const lens = has.includes(store.state.lens) ? store.state.lens : "wire";
  for (const button of all("[data-lens-b]", root)) button.setAttribute("aria-pressed", String(button.dataset.lensB === lens));
  for (const panel of all("[data-lens]", root)) {
    if (panel instanceof HTMLTemplateElement) {
      if (panel.dataset.lens === lens) panel.replaceWith(h("div", { "data-lens": lens }, panel.content));
    } else panel.hidden = panel.dataset.lens !== lens;
  }
}

export function listenLens() {
  store.on(["lens"], draw);
  document.addEventListener("ss-shown", draw);
  find("ss-scope")?.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-lens-b]")) : null;
    if (button) choose(button.dataset.lensB ?? "wire");
  });
  document.documentElement.classList.toggle("no-bits", memory.get("ss-no-bits") === "1");
  draw();
}
