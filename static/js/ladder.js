// @ts-check
/** `<ss-ladder>`: who says what, in order. Rows are clones of the page's own row template. */
import { current, go } from "./cursor.js";
import { find, h } from "./dom.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Rung} Rung */

const DRAWN = 300;
const FAMILY = { 1: "op", 2: "op", 0: "op", 8: "close", 9: "flag", 10: "flag" };

/** @param {Rung} rung */
export function familyOf(rung) {
  const opcode = rung.event?.frame?.opcode;
  if (opcode !== undefined) return FAMILY[/** @type {keyof typeof FAMILY} */ (opcode)] ?? "flag";
  if (rung.tag === "CLOSE") return "close";
  return rung.tag === "GET" || /^\d+$/.test(rung.tag) ? "http" : rung.held ? "op" : "flag";
}

/** @param {Rung} rung @param {number} number */
function spoken(rung, number) {
  const key = rung.held ? "js.rung.held" : rung.violations.length ? "js.rung.bad" : "js.rung";
  return t(key, {
    number,
    direction: t(`js.dir.${rung.side}`),
    tag: rung.tag,
    summary: rung.summary,
    size: t("js.bytes", { n: rung.size }),
    why: rung.violations[0]?.text ?? "",
  });
}

class Ladder extends HTMLElement {
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  #of = "";

  connectedCallback() {
    document.addEventListener("ss-shown", () => this.#name());
    store.on(["rungs", "connection", "source"], () => this.#draw());
    store.on(["at", "follow", "connections"], () => this.#mark());
    this.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-key]")) : null;
      const newest = event.target instanceof Element && event.target.closest(".newest");
      if (newest) {
        store.set({ follow: true });
        const last = store.state.rungs.at(-1);
        if (last) go(last.key);
      } else if (row && !event.metaKey && !event.ctrlKey) {
        event.preventDefault();
        go(row.dataset.key ?? "");
      }
    });
  }

  #draw() {
    const list = find("ol", this);
    const { rungs, held, source, connection } = store.state;
    if (!list) return;
    if (this.#of !== `${source} ${connection}`) this.#rows.clear();
    this.#of = `${source} ${connection}`;
    const skipped = Math.max(0, rungs.length - DRAWN);
    const rows = rungs.slice(skipped).map((rung, place) => this.#row(rung, skipped + place + 1));
    const gap = skipped ? [h("li", { class: "earlier" }, t("js.ladder.earlier", { n: skipped }))] : [];
    const wanted = [...gap, ...rows];
    for (const [key, row] of this.#rows) if (!rungs.some((rung) => rung.key === key)) {
      row.remove();
      this.#rows.delete(key);
    }
    wanted.forEach((row, place) => {
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    });
    while (list.children.length > wanted.length) list.lastElementChild?.remove();
    const note = find(".holdnote", this);
    if (note) {
      note.hidden = !held.length;
      const said = find("p", note);
      if (said) said.textContent = held.length ? t(`js.hold.${held[0].unit === "head" ? `head.${held[0].held_side}` : held[0].held_side}`) : "";
    }
    this.#mark();
  }

  /** @param {Rung} rung @param {number} number */
  #row(rung, number) {
    const old = this.#rows.get(rung.key);
    const row = old ?? this.#make(rung, number);
    const error = rung.violations.some((v) => v.severity === "error");
    const { client, server } = rung.state;
    row.className = [
      "rung",
      rung.side === "client" ? "c2s" : "s2c",
      rung.held ? "held" : "",
      error ? "err" : "",
      rung.bracket,
      rung.event?.kind === "end" ? "end" : "",
      `ls-${client.toLowerCase()}`,
      `rs-${server.toLowerCase()}`,
    ].filter(Boolean).join(" ");
    this.#rows.set(rung.key, row);
    return row;
  }

  /** @param {Rung} rung @param {number} number */
  #make(rung, number) {
    const template = /** @type {HTMLTemplateElement} */ (find("template", this));
    const row = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
    const lane = /** @type {HTMLAnchorElement} */ (find(".lane", row));
    lane.dataset.key = rung.key;
    lane.href = rung.event ? `?seq=${rung.event.seq}` : "#stage";
    lane.setAttribute("aria-label", spoken(rung, number));
    /** @type {[string, string][]} */
    const texts = [[".rn", String(number)], [".tag", rung.tag], [".sum", rung.summary], [".sz", rung.size ? `${rung.size} B` : ""]];
    for (const [selector, text] of texts) {
      const part = find(selector, row);
      if (part) part.textContent = text;
    }
    find(".tag", row)?.classList.add(`f-${familyOf(rung)}`);
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
    const { at, follow, connections, connection, rungs } = store.state;
    for (const [key, row] of this.#rows) {
      row.classList.toggle("cur", key === at);
      find(".lane", row)?.toggleAttribute("aria-current", false);
      if (key === at) find(".lane", row)?.setAttribute("aria-current", "step");
    }
    const newest = find(".newest", this.parentElement ?? this);
    const open = connections.find((one) => one.id === connection)?.open ?? false;
    const behind = open && !follow && rungs.length > 0 && rungs.at(-1)?.key !== at;
    if (newest) newest.hidden = !behind;
    this.#reveal(at);
    this.#peers();
  }

  /** Scrolls the list, and only the list, when the chosen row is outside. @param {string | null} at */
  #reveal(at) {
    const row = at === null ? undefined : this.#rows.get(at);
    const box = find(".ladder", this);
    if (!row || !box) return;
    const top = row.offsetTop;
    if (top < box.scrollTop || top + row.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = Math.max(0, top - box.clientHeight * 0.55);
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
