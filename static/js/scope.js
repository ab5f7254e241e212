// @ts-check
/** `<ss-scope>`, the microscope: shows the server's explanation of the chosen row and marks what is chosen in it. */
import { call } from "./api.js";
import { current, index, select, unfold } from "./cursor.js";
import { find, fragment, h } from "./dom.js";
import { fit } from "./fit.js";
import { mark } from "./marks.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Rung} Rung */

const KEPT = 60;

class Scope extends HTMLElement {
  /** @type {Map<string, Promise<HTMLElement | null>>} */
  #cache = new Map();
  /** @type {HTMLElement | null} */
  #shown = null;
  #showing = "";

  connectedCallback() {
    this.#shown = find(".explain", this);
    this.#showing = this.#shown ? `${this.dataset.explain}?seq=${this.#shown.dataset.seq}` : "";
    if (this.#shown) this.#cache.set(this.#showing, Promise.resolve(this.#shown));
    store.on(["at", "connection", "source", "rungs"], () => this.#show());
    store.on(["field", "byte", "space", "more"], () => this.#mark());
    this.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.#shown && fit(this, this.#shown) && this.#mark()).observe(this);
  }

  /** Where the explanation of a row lives. @param {Rung} rung @param {string} [extra] */
  #url(rung, extra = "") {
    const { source, session, connection } = store.state;
    const which = rung.event ? `seq=${rung.event.seq}` : `held=${rung.held?.n}`;
    if (source === "recorded") return `${this.dataset.explain}?${which}${extra}`;
    return `/api/sessions/${session}/explain?connection=${connection}&${which}${extra}`;
  }

  /** @param {string} url */
  #load(url) {
    const known = this.#cache.get(url);
    if (known) return known;
    const loading = call(url, { as: "text" }).then((html) => (html ? fragment(html) : null));
    loading.then((shown) => shown || this.#cache.delete(url), () => this.#cache.delete(url));
    this.#cache.set(url, loading);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > KEPT) this.#cache.delete(oldest);
    return loading;
  }

  /** @param {string} [extra] */
  async #show(extra = "") {
    const rung = current();
    if (!rung) return this.#empty();
    const url = this.#url(rung, extra);
    if (!extra && this.#showing.split("&more=")[0] === url) return this.#mark();
    this.#showing = url;
    try {
      const shown = await this.#load(url);
      if (this.#showing !== url) return;
      if (shown) this.#put(shown);
      else this.#showing = ""; // a held unit that has just been let through; its event is on its way
      this.#prefetch();
    } catch (error) {
      if (this.#showing !== url) return;
      this.#showing = "";
      this.#put(h("p", { class: "notice", role: "alert" }, String(/** @type {Error} */ (error).message)));
    }
  }

  /** @param {HTMLElement} element */
  #put(element) {
    this.#shown = element;
    const top = this.scrollTop;
    this.replaceChildren(element);
    this.scrollTop = top;
    fit(this, element);
    this.#mark();
    this.dispatchEvent(new CustomEvent("ss-shown", { bubbles: true }));
  }

  #empty() {
    if (store.state.source === "recorded") return;
    this.#showing = "";
    this.#put(h("p", { class: "notice" }, t("js.scope.waiting")));
  }

  #prefetch() {
    const { rungs } = store.state;
    for (const place of [index() + 1, index() - 1]) {
      if (rungs[place]?.event) this.#load(this.#url(rungs[place])).catch(() => {});
    }
  }

  #mark() {
    const root = this.#shown;
    if (!root?.classList.contains("explain")) return;
    const cursor = mark(root);
    store.set({ cursor });
    this.dispatchEvent(new CustomEvent("ss-marked", { bubbles: true, detail: cursor }));
  }

  /** What is on the page now. */
  get shown() {
    return this.#shown;
  }

  /** Chooses a byte of the unit, fetching the part of a long one that holds it. @param {number} byte */
  async goto(byte) {
    const query = `.hex [data-b="${byte}"], .bits [data-b="${byte}"]`;
    if (!find(query, this)) await this.#show(`&more=${byte}`);
    const cell = find(query, this);
    if (!cell) return;
    select((cell.dataset.f ?? "").split(" ").at(-1) ?? null, byte);
    cell.scrollIntoView({ block: "nearest" });
  }

  get size() {
    return Number(this.#shown?.dataset.size ?? 0);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = /** @type {HTMLElement | null} */ (target?.closest("[data-row]") ?? null);
    if (target?.closest(".showmore")) {
      event.preventDefault();
      unfold(!store.state.more);
    } else if (target?.closest("a.more")) {
      event.preventDefault();
      this.#show("&more=all");
    } else if (row) {
      const cell = find(`.b-row[data-offset="${row.dataset.row}"] [role="gridcell"]`, this.#shown ?? this);
      select(cell?.dataset.f ?? null, Number(row.dataset.row));
    }
  }
}

customElements.define("ss-scope", Scope);
export { Scope };
