// @ts-check
/** `<ss-inspect>`: bytes in, the server's explanation out. This page parses nothing. */
import { ask, blank } from "./inspect-ask.js";
import { forget, listenFiles } from "./inspect-file.js";
import { listenScope, marked } from "./inspect-scope.js";
import { listenTake } from "./inspect-take.js";
import { all, find, h } from "./dom.js";

/** @typedef {import("./inspect-ask.js").Question} Question */

const PAUSE = 250;
const HANDED = "ss-handed";

class Inspect extends HTMLElement {
  /** @type {Question} */
  question = blank();
  #timer = 0;
  /** @type {AbortController | null} */
  #asking = null;
  #form = /** @type {HTMLFormElement} */ (find("form.paste", this));
  #box = /** @type {HTMLTextAreaElement} */ (find("textarea", this));

  connectedCallback() {
    this.question.of = this.dataset.of ?? "";
    if (this.#box.value.trim()) this.question.body = this.#box.value;
    this.#box.addEventListener("input", () => this.#later(() => this.take(this.#box.value)));
    this.#form.addEventListener("submit", (event) => this.#submit(/** @type {SubmitEvent} */ (event)));
    this.addEventListener("change", (event) => this.#change(event));
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("input", (event) => this.#search(event));
    listenFiles(this);
    document.addEventListener("keydown", (event) => this.#key(event));
    listenScope(this);
    listenTake(this);
    if (this.question.of) {
      this.classList.add("answered");
      marked(this);
    }
    this.#begin();
  }

  /** What the address or another page brings along. */
  #begin() {
    const said = new URLSearchParams(location.hash.slice(1));
    const packed = said.get("d");
    const handed = this.#handed();
    if (packed) {
      const [from, side, compressed] = ["from", "side", "compressed"].map((name) => said.get(name) ?? "");
      this.take(packed, { packed: true, from, side, compressed });
    } else if (handed) {
      this.#box.value = handed;
      this.take(handed);
    } else if (this.#box.value.trim() && !this.question.of) {
      this.take(this.#box.value);
    }
  }

  #handed() {
    try {
      const text = sessionStorage.getItem(HANDED);
      sessionStorage.removeItem(HANDED);
      return text;
    } catch {
      return null; // storage is blocked; then nothing was handed over either
    }
  }

  /** New bytes: everything that was said about the old ones is forgotten, but not how to read them.
   * @param {Uint8Array<ArrayBuffer> | string} body @param {Partial<Question>} [more] */
  take(body, more = {}) {
    const { from, side, compressed } = this.question;
    this.question = { ...blank(), from, side, compressed, body, ...more };
    if (typeof body === "string" ? body.trim() : body.length) this.refresh();
  }

  /** @param {Partial<Question>} [changes] */
  async refresh(changes = {}) {
    // An edit may number the units anew: then the place of the chosen one says which it is.
    const root = "edits" in changes && !("seq" in changes) ? find(".scope-w", this) : null;
    const place = root ? { place: `${root.dataset.side}:${root.dataset.base}` } : { place: "" };
    Object.assign(this.question, place, "seq" in changes ? { more: "" } : {}, changes);
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.setAttribute("aria-busy", "true");
    try {
      this.#put(await ask(this.question, asking.signal, (text) => this.#say(text)));
      this.tell("");
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") this.tell(/** @type {Error} */ (error).message);
    } finally {
      if (this.#asking === asking) this.removeAttribute("aria-busy");
    }
  }

  /** One sentence about what cannot be done. @param {string} text */
  tell(text) {
    const place = find(".refused", this);
    const span = find(".refused span", this);
    if (!place || !span) return;
    span.textContent = text;
    place.hidden = text === "";
  }

  /** @param {string} text */
  #say(text) {
    find('[data-slot="detect"]', this)?.replaceChildren(h("p", { class: "assumed" }, text));
  }

  /** @param {HTMLElement} result */
  #put(result) {
    const active = document.activeElement;
    const seq = active instanceof HTMLElement ? active.dataset.seq : undefined;
    const row = active instanceof HTMLElement && active.matches(".tri-row") ? active.dataset.connection : undefined;
    const scrolled = ["ol.units", ".tri-s"].map((selector) => find(selector, this)?.scrollTop ?? 0);
    for (const part of all("[data-part]", result)) {
      const slot = find(`[data-slot="${part.dataset.part}"]`, this);
      const menu = /** @type {HTMLDetailsElement | null} */ (find("details.menu[open]", slot ?? this));
      slot?.replaceChildren(...part.childNodes);
      if (menu && slot && part.dataset.part === "act") find("details.menu", slot)?.setAttribute("open", "");
    }
    ["ol.units", ".tri-s"].forEach((selector, n) => find(selector, this)?.scrollTo({ top: scrolled[n] }));
    this.question.connection = result.dataset.connection ?? "";
    this.question.seq = result.dataset.seq ?? "";
    this.classList.add("answered");
    if (seq !== undefined) find(`.units [data-seq="${seq}"]`, this)?.focus({ preventScroll: true });
    if (row !== undefined) find(`.tri-row[data-connection="${CSS.escape(row)}"]`, this)?.focus({ preventScroll: true });
    marked(this);
  }

  /** @param {() => void} act */
  #later(act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, PAUSE);
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    const button = /** @type {HTMLElement | null} */ (event.submitter);
    event.preventDefault();
    if (button?.dataset.export) return;
    if (button?.dataset.connection !== undefined) {
      this.refresh({ connection: button.dataset.connection, seq: "", start: "", search: "" });
    } else if (button?.dataset.seq !== undefined) {
      this.refresh({ seq: button.dataset.seq });
    } else if (button?.dataset.start !== undefined) {
      this.refresh({ start: button.dataset.start, seq: "" });
    } else if (typeof this.question.body === "string" && !this.question.packed) {
      this.take(this.#box.value);
    }
  }

  /** @param {Event} event */
  #change(event) {
    const target = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target);
    if (["from", "side", "compressed"].includes(target.name)) {
      this.refresh({ [target.name]: target.value, seq: "", connection: "", edits: [] });
    } else if (target.name === "beside") {
      this.refresh({ beside: target.value });
    }
  }

  /** @param {Event} event */
  #search(event) {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (target.name !== "search") return;
    this.#later(async () => {
      const { selectionStart } = target;
      await this.refresh({ search: target.value, start: "", seq: "" });
      const again = /** @type {HTMLInputElement | null} */ (find("[name=search]", this));
      again?.focus();
      again?.setSelectionRange(selectionStart, selectionStart);
    });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const unit = /** @type {HTMLElement | null} */ (target?.closest("[data-unit]") ?? null);
    const action = /** @type {HTMLElement | null} */ (target?.closest("[data-do]") ?? null)?.dataset.do;
    const menu = find("details.menu[open]", this);
    if (menu && !target?.closest("details.menu")) menu.removeAttribute("open");
    if (unit && unit.dataset.unit !== "-1") this.refresh({ seq: unit.dataset.unit ?? "" });
    else if (action === "undo") this.refresh({ edits: this.question.edits.slice(0, -1) });
    else if (action === "reset") this.refresh({ edits: [] });
    else if (action === "example") this.take((this.#box.value = this.dataset.example ?? ""));
    else if (action === "remove") forget(this);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape") find("details.menu[open]", this)?.removeAttribute("open");
    const inField = event.target instanceof Element && event.target.closest("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !inField && this.question.edits.length) {
      event.preventDefault();
      this.refresh({ edits: this.question.edits.slice(0, -1) });
    }
  }
}

customElements.define("ss-inspect", Inspect);
export { Inspect };
