// @ts-check
/** `<ss-scope>`, the microscope: shows the server's explanation of the chosen row and marks what is chosen in it. */
import { call } from "./api.js";
import { ofField } from "./bus.js";
import { current, index, unfold } from "./cursor.js";
import { all, find, fragment, h } from "./dom.js";
import { rove } from "./grid.js";
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
    store.on(["field", "byte", "more"], () => this.#mark());
    this.addEventListener("click", (event) => this.#click(event));
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

  /** The field that is open: the chosen one, else the one the lesson is about, else the server's choice. */
  #field() {
    const data = this.#shown?.dataset ?? {};
    const { field, more } = store.state;
    const step = find(".lesson section.cur");
    const wanted = field ?? step?.dataset.field ?? "";
    const simple = !more && !field && wanted === "payload";
    if (wanted && !simple && this.#shown && ofField(wanted, this.#shown).length) return wanted;
    return (more ? data.default : data.defaultBasic) ?? "";
  }

  #mark() {
    const root = this.#shown;
    if (!root?.classList.contains("explain")) return;
    const field = this.#field();
    let { byte } = store.state;
    if (byte === null && store.state.more) byte = this.#firstByte(field);
    for (const old of all(".sel, .selb, .at, .on", root)) {
      if (!old.closest(".strip, .d-ops, .d-len")) old.classList.remove("sel", "selb", "at", "on");
    }
    for (const part of ofField(field, root)) part.classList.add("sel");
    if (byte !== null) for (const part of all(`.bits [data-b="${byte}"], .hex [data-b="${byte}"]`, root)) part.classList.add("selb");
    for (const part of all("[data-for]", root)) part.hidden = !(part.dataset.for ?? "").split(" ").includes(field.split(" ")[0]);
    this.#column(root, byte);
    this.#rows(root, field, byte);
    this.dispatchEvent(new CustomEvent("ss-marked", { bubbles: true, detail: { field, byte } }));
  }

  /** Masked bytes open with the first one worked out. @param {string} field */
  #firstByte(field) {
    const step = find(".lesson section.cur");
    if (step?.dataset.byte && step.dataset.field === field && !store.state.field) return Number(step.dataset.byte);
    const column = find(`[data-for~="${CSS.escape(field.split(" ")[0])}"] [data-at]`, this.#shown ?? this);
    return column ? Number(column.dataset.at) : null;
  }

  /** @param {HTMLElement} root @param {number | null} byte */
  #column(root, byte) {
    for (const close of all("[data-for]:not([hidden]) .xor", root)) {
      const columns = all("[data-at]", close);
      const chosen = columns.some((column) => Number(column.dataset.at) === byte) ? String(byte) : columns[0]?.dataset.at;
      for (const column of columns) column.hidden = column.dataset.at !== chosen;
      for (const cell of all(`[data-col="${chosen}"]`, close)) cell.classList.add("at");
    }
  }

  /** The one row of bits of a first visit, and the cell that Tab reaches. @param {HTMLElement} root @param {string} field @param {number | null} byte */
  #rows(root, field, byte) {
    for (const bits of all(".bits, .hex", root)) {
      const cells = ofField(field, bits).filter((cell) => cell.matches('[role="gridcell"]'));
      const cell = cells.find((one) => Number(one.dataset.b) === byte) ?? cells[0] ?? find('[role="gridcell"]', bits);
      if (!cell) continue;
      rove(bits, cell);
      const row = cell.closest(".b-row");
      row?.classList.add("on");
      for (const button of all("[data-row]", bits)) {
        button.setAttribute("aria-pressed", String(button.dataset.row === row?.getAttribute("data-offset")));
      }
    }
  }

  /** Chooses a byte of the unit, fetching the part of a long one that holds it. @param {number} byte */
  async goto(byte) {
    const query = `.hex [data-b="${byte}"], .bits [data-b="${byte}"]`;
    if (!find(query, this)) await this.#show(`&more=${byte}`);
    const cell = find(query, this);
    if (!cell) return;
    store.set({ field: (cell.dataset.f ?? "").split(" ").at(-1) ?? null, byte });
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
      store.set({ field: cell?.dataset.f ?? null, byte: Number(row.dataset.row) });
    }
  }
}

customElements.define("ss-scope", Scope);
export { Scope };
