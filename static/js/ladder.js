// @ts-check
/** `<ss-ladder>`: who says what, in order. Of a long conversation only the rows around the visible ones are drawn. */
import { current, go, index, jumpToNewest } from "./cursor.js";
import { find, h } from "./dom.js";
import { classesOf, makeOf, makeRow } from "./ladder-row.js";
import { store } from "./store.js";
import { t } from "./words.js";

const DRAWN = 32;
const MARGIN = 6;

class Ladder extends HTMLElement {
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  #of = "";
  #from = 0;
  #height = 48;
  #seen = "";
  /** @type {Record<string, string>} */
  #families = {};
  #gaps = [h("li", { class: "earlier", role: "presentation" }), h("li", { class: "earlier", role: "presentation" })];

  connectedCallback() {
    this.#families = JSON.parse(this.dataset.families ?? "{}");
    document.addEventListener("ss-shown", () => this.#name());
    store.on(["rungs", "connection", "source"], () => this.#draw());
    store.on(["at", "follow", "connections", "news"], () => this.#mark());
    find(".ladder", this)?.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const row = /** @type {HTMLElement | null} */ (target?.closest("[data-key]") ?? null);
      if (target?.closest(".newest")) jumpToNewest();
      else if (row && !event.metaKey && !event.ctrlKey) {
        event.preventDefault();
        go(row.dataset.key ?? "");
      }
    });
  }

  #scrolled() {
    const box = find(".ladder", this);
    const { rungs } = store.state;
    if (!box || rungs.length <= DRAWN) return;
    const first = Math.floor(box.scrollTop / this.#height);
    const last = first + Math.ceil(box.clientHeight / this.#height);
    if ((first < this.#from && this.#from > 0) || (last > this.#from + DRAWN && this.#from + DRAWN < rungs.length)) {
      this.#from = Math.max(0, first - MARGIN);
      this.#draw();
    }
  }

  #draw() {
    const list = find("ol", this);
    const { rungs, source, connection } = store.state;
    if (!list) return;
    if (this.#of !== `${source} ${connection}`) {
      this.#rows.clear();
      this.#from = 0;
    }
    this.#of = `${source} ${connection}`;
    this.#from = Math.max(0, Math.min(this.#from, rungs.length - DRAWN));
    const shown = rungs.slice(this.#from, this.#from + DRAWN);
    const keys = new Set(shown.map((rung) => rung.key));
    for (const key of this.#rows.keys()) if (!keys.has(key)) this.#rows.delete(key);
    const rows = shown.map((rung, place) => this.#row(rung, this.#from + place + 1));
    const after = rungs.length - this.#from - shown.length;
    const wanted = [...this.#gap(0, this.#from), ...rows, ...this.#gap(1, after)];
    const keep = new Set(wanted);
    for (const old of [...list.children]) if (!keep.has(/** @type {HTMLElement} */ (old))) old.remove();
    wanted.forEach((row, place) => {
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    });
    this.#height = (rows[0]?.offsetHeight || this.#height);
    this.#mark();
  }

  /** Room for the rows that are not drawn. @param {0 | 1} which @param {number} rows */
  #gap(which, rows) {
    const gap = this.#gaps[which];
    gap.style.height = `${rows * this.#height}px`;
    return rows ? [gap] : [];
  }

  /** @param {import("./types.js").Rung} rung @param {number} number */
  #row(rung, number) {
    const template = /** @type {HTMLTemplateElement} */ (find("template", this));
    const old = this.#rows.get(rung.key);
    const row = old?.dataset.make === makeOf(rung) ? old : makeRow(template, rung, number, this.#families);
    row.className = classesOf(rung);
    this.#rows.set(rung.key, row);
    return row;
  }

  /** A held unit has no event yet; its explanation knows what it will be called. */
  #name() {
    const rung = current();
    const known = find("ss-scope .explain .tag");
    const tag = rung && !rung.event ? find(".tag", this.#rows.get(rung.key) ?? this) : null;
    if (!tag || !known) return;
    tag.textContent = known.textContent;
    tag.className = known.className;
  }

  #mark() {
    const { at, news } = store.state;
    this.#reveal();
    for (const [key, row] of this.#rows) {
      row.classList.toggle("cur", key === at);
      if (key === at) find(".lane", row)?.setAttribute("aria-current", "step");
      else find(".lane", row)?.removeAttribute("aria-current");
    }
    const newest = find(".newest", this);
    if (newest) {
      newest.hidden = news === 0;
      newest.textContent = news === 1 ? t("js.newest.one") : t("js.newest", { n: news });
    }
    this.#peers();
  }

  /** Scrolls the list, and only the list, when another row was chosen and it is outside. */
  #reveal() {
    const { at, rungs } = store.state;
    const box = find(".ladder", this);
    if (!box || at === this.#seen) return;
    const place = index();
    if (place < 0) return;
    this.#seen = at ?? "";
    if (place < this.#from || place >= this.#from + DRAWN) {
      this.#from = Math.max(0, place - DRAWN / 2);
      this.#draw();
    }
    const row = this.#rows.get(rungs[place].key);
    if (row && (row.offsetTop < box.scrollTop || row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight)) {
      box.scrollTop = Math.max(0, row.offsetTop - box.clientHeight * 0.55);
    }
  }

  #peers() {
    const state = (current()?.state.client ?? "CONNECTING").toLowerCase();
    const line = find(".peers .state", this);
    if (!line) return;
    line.hidden = !current();
    line.className = `state st-${state}`;
    const [name, rest] = [find("b", line), find("span", line)];
    if (name) name.textContent = t(`js.state.${state}`);
    if (rest) rest.textContent = t(`js.state.${state}.more`);
  }
}

customElements.define("ss-ladder", Ladder);
