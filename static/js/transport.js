// @ts-check
/** `<ss-transport>` steps through the conversation, `<ss-panes>` chooses what a small screen shows. */
import { goIndex, index, isHere } from "./cursor.js";
import { all, find } from "./dom.js";
import { release } from "./session.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** Several steps of a lesson may be about one row: opens the neighbour of the open step if it is.
 * @param {"nextElementSibling" | "previousElementSibling"} way */
function stepHere(way) {
  const other = /** @type {HTMLElement | null} */ (find(".lesson section.cur")?.[way] ?? null);
  const here = other?.dataset.step !== undefined && isHere(Number(other.dataset.step));
  if (here) find("h2 a", other)?.click();
  return here;
}

/** One step on; past the newest row of a held connection this lets the held unit through. */
export function next() {
  const { rungs, held } = store.state;
  if (stepHere("nextElementSibling")) return;
  if (held.length && rungs[index()]?.held?.n === held[0].n) release();
  else goIndex(index() + 1);
}

/** @type {Record<string, () => void>} */
export const STEPS = {
  first: () => goIndex(0),
  prev: () => {
    if (!stepHere("previousElementSibling")) goIndex(index() - 1);
  },
  next,
  last: () => goIndex(store.state.rungs.length - 1),
};

class Transport extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-go]")) : null;
      STEPS[button?.dataset.go ?? ""]?.();
    });
    store.on(["at", "rungs"], () => this.#draw());
  }

  #draw() {
    const { rungs, held } = store.state;
    const place = index();
    const total = rungs.length;
    const holds = held.length > 0;
    const atHeld = rungs[place]?.held?.n === held[0]?.n && holds;
    for (const button of all("[data-go]", this)) {
      const back = button.dataset.go === "first" || button.dataset.go === "prev";
      /** @type {HTMLButtonElement} */ (button).disabled = back ? place <= 0 : place >= total - 1 && !(atHeld && button.dataset.go === "next");
    }
    const count = find(".count", this);
    if (!count) return;
    const short = count.dataset.short !== undefined;
    const number = find("b", count);
    const rest = find("span", count);
    if (number) number.textContent = total ? String(place + 1) : "";
    if (rest) rest.textContent = !total ? t("js.count.none") : short ? `/${total}` : holds ? t("js.count.so-far") : t("js.count.of", { total });
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

customElements.define("ss-transport", Transport);
customElements.define("ss-panes", Panes);
