// @ts-check
/**
 * `<ss-bytes>`: every byte of one side, from two to a hundred million. Only the visible rows exist: each is one line of
 * text over one gradient, and the cursor is a box above them. Beyond what a browser can scroll the bar is scaled.
 */
import { drawRow, left, PER } from "./bytes-row.js";
import { current, go } from "./cursor.js";
import { all, find, h } from "./dom.js";
import { store } from "./store.js";
import { PAGE, Stream } from "./stream.js";
import { t } from "./words.js";

const ROW = 22;
const TALLEST = 15e6;
const SAY_EVERY = 300;
/** @type {Record<string, (byte: number, page: number) => number>} */
const MOVES = {
  ArrowLeft: (byte) => byte - 1,
  ArrowRight: (byte) => byte + 1,
  ArrowUp: (byte) => byte - PER,
  ArrowDown: (byte) => byte + PER,
  PageUp: (byte, page) => byte - page * PER,
  PageDown: (byte, page) => byte + page * PER,
  Home: (byte) => byte - (byte % PER),
  End: (byte) => byte - (byte % PER) + PER - 1,
};

class Bytes extends HTMLElement {
  #stream = new Stream("client", () => {});
  #top = 0;
  #byte = 0;
  #own = false;
  #said = 0;
  #box = h("div", { class: "bg-cur" });

  connectedCallback() {
    for (const opener of all("[data-opens=bytes]")) opener.addEventListener("click", () => this.#open());
    this.addEventListener("click", (event) => this.#click(event));
    const view = this.#view;
    view.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    view.addEventListener("keydown", (event) => this.#key(event));
  }

  get #view() {
    return /** @type {HTMLElement} */ (find(".bg-view", this));
  }

  get #rows() {
    return Math.ceil(this.#stream.size / PER);
  }

  get #visible() {
    return Math.max(1, Math.floor(this.#view.clientHeight / ROW));
  }

  #open() {
    const rung = current();
    /** @type {HTMLDialogElement | null} */ (this.closest("dialog"))?.showModal();
    this.#choose(rung?.side ?? "client", rung?.event ? rung.event.start / 8 + ((store.state.cursor?.bit ?? 0) >> 3) : 0);
    this.#view.focus();
  }

  /** @param {string} side @param {number} byte */
  #choose(side, byte) {
    for (const button of all("[data-side]", this)) button.setAttribute("aria-pressed", String(button.dataset.side === side));
    this.#byte = byte;
    let first = true;
    this.#stream = new Stream(side, () => {
      const space = /** @type {HTMLElement} */ (find(".bg-space", this));
      space.style.height = `${Math.min(this.#rows * ROW, TALLEST)}px`;
      const size = find(".bg-size", this);
      if (size) size.textContent = t("js.bytes", { n: this.#stream.size.toLocaleString("en") });
      if (first) this.#reveal();
      first = false;
      this.#draw();
    });
    this.#stream.page(byte);
    this.#draw();
  }

  /** Rows a page of the scroll bar stands for. */
  get #span() {
    return Math.max(0, this.#rows - this.#visible);
  }

  #scrolled() {
    if (this.#own) {
      this.#own = false;
      return;
    }
    const view = this.#view;
    const far = view.scrollHeight - view.clientHeight;
    this.#top = far > 0 ? Math.round((view.scrollTop / far) * this.#span) : 0;
    this.#draw();
  }

  /** Puts the row of the cursor in view. */
  #reveal() {
    const row = Math.floor(this.#byte / PER);
    const last = this.#top + this.#visible - 1;
    if (row < this.#top) this.#top = row;
    else if (row > last) this.#top = row - this.#visible + 1;
    this.#top = Math.max(0, Math.min(this.#top, this.#span));
    const view = this.#view;
    const wanted = this.#span ? (this.#top / this.#span) * (view.scrollHeight - view.clientHeight) : 0;
    if (Math.abs(view.scrollTop - wanted) < 1) return;
    this.#own = true;
    view.scrollTop = wanted;
  }

  #draw() {
    const layer = /** @type {HTMLElement} */ (find(".bg-rows", this));
    const many = Math.min(this.#visible + 1, Math.max(1, this.#rows));
    while (layer.children.length < many + 1) layer.insertBefore(h("div", { class: "bg-row" }), layer.firstChild);
    while (layer.children.length > many + 1) layer.firstElementChild?.remove();
    if (this.#box.parentElement !== layer) {
      layer.lastElementChild?.remove();
      layer.append(this.#box);
    }
    for (let n = 0; n < many; n++) drawRow(/** @type {HTMLElement} */ (layer.children[n]), this.#stream, this.#top + n);
    const row = Math.floor(this.#byte / PER) - this.#top;
    this.#box.hidden = row < 0 || row >= many;
    this.#box.style.transform = `translate(calc(${left(this.#byte % PER)} * 1ch - 1px), ${row * ROW}px)`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const move = MOVES[event.key];
    if (event.key === "Enter") {
      event.preventDefault(); // the button that opened this gets the focus back, and would take the key too
      return this.#read();
    }
    if (!move || event.altKey || event.metaKey) return;
    event.preventDefault();
    const whole = event.ctrlKey && { Home: 0, End: this.#stream.size - 1 }[event.key];
    const to = typeof whole === "number" ? whole : move(this.#byte, this.#visible);
    this.#byte = Math.max(0, Math.min(this.#stream.size - 1, to));
    this.#reveal();
    this.#draw();
    clearTimeout(this.#said);
    this.#said = setTimeout(() => this.#say(), SAY_EVERY);
  }

  /** The run that holds the cursor. */
  #run() {
    const page = this.#stream.page(this.#byte);
    return page?.runs.find(([from, end]) => from <= this.#byte && this.#byte < end);
  }

  #say() {
    const page = this.#stream.page(this.#byte);
    const at = (this.#byte % PAGE) * 2;
    const rung = store.state.rungs.find((one) => one.event?.seq === this.#run()?.[4]);
    const values = { byte: this.#byte, hex: page?.hex.slice(at, at + 2) ?? "", tag: rung?.tag ?? "", summary: rung?.summary ?? "" };
    const line = find(".bg-say output", this);
    if (line) line.textContent = t("js.bytes.say", values);
  }

  /** Shows the event of the byte, with its fields as a table. */
  #read() {
    const seq = this.#run()?.[4];
    /** @type {HTMLDialogElement | null} */ (this.closest("dialog"))?.close();
    if (seq !== undefined) go(`e${seq}`);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const side = /** @type {HTMLElement | null} */ (target.closest("[data-side]"))?.dataset.side;
    if (side) return this.#choose(side, 0);
    if (target.closest("[data-close]")) return /** @type {HTMLDialogElement | null} */ (this.closest("dialog"))?.close();
    if (target.closest("[data-read]")) return this.#read();
    const row = target.closest(".bg-row");
    if (!row) return;
    const box = row.getBoundingClientRect();
    const char = ((event.clientX - box.left) / (this.#box.offsetWidth - 2)) * 2;
    const column = Array.from({ length: PER }, (_, n) => n).findLast((n) => left(n) <= char) ?? 0;
    const place = this.#top + [...(row.parentElement?.children ?? [])].indexOf(row);
    this.#byte = Math.min(this.#stream.size - 1, place * PER + column);
    this.#draw();
    this.#say();
  }
}

customElements.define("ss-bytes", Bytes);
