// @ts-check
/** `<ss-transport>` steps through the conversation, `<ss-panes>` chooses what a small screen shows. */
import { goIndex, index, jumpToNewest } from "./cursor.js";
import { all, find } from "./dom.js";
import { settleEdge, step } from "./step.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @type {Record<string, () => void>} */
export const STEPS = {
  first: () => goIndex(0),
  prev: () => step(-1),
  next: () => step(1),
  last: () => (store.state.source === "live" ? jumpToNewest() : goIndex(store.state.rungs.length - 1)),
};

class Transport extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-go]")) : null;
      STEPS[button?.dataset.go ?? ""]?.();
    });
    this.addEventListener("input", (event) => {
      if (event.target instanceof HTMLInputElement) goIndex(Number(event.target.value) - 1);
    });
    this.addEventListener("change", (event) => {
      const menu = event.target instanceof HTMLSelectElement ? event.target : null;
      if (!menu) return;
      store.set({ unit: /** @type {import("./types.js").Unit} */ (menu.value) });
      if (!menu.matches(":focus-visible")) menu.blur(); // chosen with a pointer: the arrow keys step again
    });
    store.on(["at", "rungs", "unit"], () => this.#draw());
  }

  #draw() {
    const { rungs, held, unit } = store.state;
    const place = index();
    const total = rungs.length;
    const holds = held.length > 0;
    const atHeld = rungs[place]?.held?.n === held[0]?.n && holds;
    const inside = unit === "field" || unit === "byte";
    for (const button of all("[data-go]", this)) {
      const [back, one] = [/first|prev/.test(button.dataset.go ?? ""), /prev|next/.test(button.dataset.go ?? "")];
      const end = back ? place <= 0 : place >= total - 1 && !(atHeld && one);
      /** @type {HTMLButtonElement} */ (button).disabled = end && !(inside && one);
    }
    this.#scrub(place, total);
    const count = find(".count", this);
    if (!count) return;
    const short = count.dataset.short !== undefined;
    const number = find("b", count);
    const rest = find("span", count);
    if (number) number.textContent = total ? String(place + 1) : "";
    if (rest) rest.textContent = !total ? t("js.count.none") : short ? `/${total}` : holds ? t("js.count.so-far") : t("js.count.of", { total });
  }

  /** @param {number} place @param {number} total */
  #scrub(place, total) {
    const slider = /** @type {HTMLInputElement | null} */ (find("input[type=range]", this));
    if (!slider) return;
    slider.max = String(Math.max(total, 1));
    slider.value = String(place + 1);
    slider.disabled = total < 2;
    const rung = store.state.rungs[place];
    slider.setAttribute("aria-valuetext", rung ? t("js.scrub", { n: place + 1, total, tag: rung.tag, summary: rung.summary }) : "");
  }
}

class Panes extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-pane-b]")) : null;
      if (button) show(button.dataset.paneB ?? "read");
    });
  }
}

/** @param {string} pane read, talk or bits */
export function show(pane) {
  document.documentElement.dataset.pane = pane;
  for (const button of all("[data-pane-b]")) button.setAttribute("aria-pressed", String(button.dataset.paneB === pane));
}

document.addEventListener("ss-shown", settleEdge);
customElements.define("ss-transport", Transport);
customElements.define("ss-panes", Panes);
