// @ts-check
/** Inside a compressed message: one field is chosen, and its bits, its close-up and its copy are shown together. */

import { all } from "./dom.js";

/** The field that an element belongs to. @param {EventTarget | null} target */
const markOf = (target) => /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest("[data-mark]") : null)?.dataset.mark;

class Deflate extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.choose(markOf(event.target)));
    this.addEventListener("pointerover", (event) => this.point(markOf(event.target)));
    this.addEventListener("pointerleave", () => this.point(undefined));
    this.addEventListener("keydown", (event) => this.step(event));
  }

  /** @param {string | undefined} mark */
  point(mark) {
    for (const each of all("[data-mark]", this)) each.classList.toggle("hot", each.dataset.mark === mark);
  }

  /** @param {string | undefined} mark */
  choose(mark) {
    if (!mark) return;
    for (const each of all("[data-mark]", this)) {
      const chosen = each.dataset.mark === mark;
      each.classList.toggle("sel", chosen);
      if (each instanceof HTMLButtonElement) each.setAttribute("aria-pressed", String(chosen));
    }
    for (const each of all("[data-marks]", this)) each.hidden = !each.dataset.marks?.split(" ").includes(mark);
  }

  /** Arrow keys go from field to field. @param {KeyboardEvent} event */
  step(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const mark = markOf(event.target);
    if (!by || !mark) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = all("button[data-mark]:not([tabindex])", this).filter((each) => each.offsetParent);
    const at = buttons.findIndex((each) => each.dataset.mark === mark);
    const next = buttons[Math.max(0, Math.min(buttons.length - 1, at + by))];
    next?.focus();
    this.choose(next?.dataset.mark);
  }
}

customElements.define("ss-deflate", Deflate);
