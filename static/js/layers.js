// @ts-check
/** The layers of one record: whoever points at a byte points at it in every layer it is in. */

import { all } from "./dom.js";

/** @param {EventTarget | null} target */
const cellOf = (target) => /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest("[data-key]") : null);

class Layers extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerover", (event) => this.point(cellOf(event.target)));
    this.addEventListener("pointerleave", () => this.point(cellOf(document.activeElement)));
    this.addEventListener("focusin", (event) => this.point(cellOf(event.target)));
    this.addEventListener("focusout", () => this.point(null));
    this.addEventListener("click", (event) => cellOf(event.target)?.focus());
    this.addEventListener("keydown", (event) => this.move(event));
  }

  /** @param {HTMLElement | null} cell */
  point(cell) {
    for (const each of all("[data-key]", this)) each.classList.toggle("hot", !!cell && each.dataset.key === cell.dataset.key);
  }

  /** Left and right within a layer, up and down between them. @param {KeyboardEvent} event */
  move(event) {
    const cell = cellOf(event.target);
    if (!cell) return;
    const next = this.next(cell, event.key);
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** @param {HTMLElement} cell @param {string} key */
  next(cell, key) {
    const rows = all("tr.ly", this).map((row) => all("[data-key]", row)).filter((row) => row.length);
    const at = rows.findIndex((row) => row.includes(cell));
    const place = rows[at].indexOf(cell);
    const along = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: rows[at].length - 1 }[key];
    if (along !== undefined) return rows[at][along];
    const across = rows[at + ({ ArrowDown: 1, ArrowUp: -1 }[key] ?? NaN)];
    return across?.find((each) => each.dataset.key === cell.dataset.key) ?? across?.[0];
  }
}

customElements.define("ss-layers", Layers);
