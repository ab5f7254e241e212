// @ts-check
/** `<ss-lesson>`: the step that is open, the values that the bound conversation gives, and the sticky bits of a phone. */
import { call } from "./api.js";
import { go, rungOfStep, select, stepOfCursor } from "./cursor.js";
import { all, find, h } from "./dom.js";
import { choose, settle } from "./session.js";
import { store } from "./store.js";
import { t } from "./words.js";

const NOT_YET = "…";

class Lesson extends HTMLElement {
  #asked = 0;
  /** @type {Map<HTMLElement, string>} */
  #recorded = new Map();

  connectedCallback() {
    const recorded = all("section[data-step]", this).map((s) => (s.dataset.seq ? Number(s.dataset.seq) : null));
    for (const value of all("[data-v]", this)) this.#recorded.set(value, value.textContent ?? "");
    store.set({ binding: { steps: recorded, values: {} } });
    store.on(["at", "binding", "source"], () => this.#mark());
    store.on(["events", "connection"], () => this.#bind());
    this.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("ss-marked", (event) => {
      const { field } = /** @type {CustomEvent<{field: string}>} */ (event).detail;
      this.#chips(field);
      this.#sticky(field);
    });
  }

  /** Asks the server how this conversation fills the lesson; answers that come late are dropped. */
  async #bind() {
    const { source, session, connection } = store.state;
    const slug = this.dataset.slug;
    if (source !== "live" || !slug || !connection) return;
    const asked = ++this.#asked;
    const query = new URLSearchParams({ session: session ?? "", connection });
    const binding = await call(`/learn/${slug}/bind?${query}`).catch(() => null);
    if (!binding || asked !== this.#asked) return;
    store.set({ binding });
    settle();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const section = /** @type {HTMLElement | null} */ (target?.closest("section[data-step]") ?? null);
    if (!section || !target?.closest("h2, .chip")) return;
    const chip = /** @type {HTMLElement | null} */ (target.closest(".chip"));
    event.preventDefault();
    const step = chip?.dataset.step ?? section.dataset.step;
    if (this.#elsewhere(find(`section[data-step="${step}"]`, this))) return;
    const rung = rungOfStep(Number(step));
    if (!rung) {
      this.#open(section);
    } else if (rung.key !== store.state.at) {
      if (!chip) this.#open(section);
      go(rung.key, chip?.dataset.f ?? null);
    } else if (chip) {
      select(chip.dataset.f ?? null);
    } else {
      this.#open(section);
      select(section.dataset.field ?? null);
    }
  }

  /** A step about another connection of the session shows that one. @param {HTMLElement | null} section */
  #elsewhere(section) {
    const { connections, connection, source } = store.state;
    const app = section?.dataset.app;
    const other = source === "live" && app ? connections.findLast((one) => one.app === app) : undefined;
    if (!other || other.id === connection) return false;
    this.#open(section);
    choose(other.id);
    return true;
  }

  /** @param {HTMLElement | null} section */
  #open(section) {
    for (const other of all("section[data-step]", this)) {
      other.classList.toggle("cur", other === section);
      const link = find("h2 a", other);
      if (other === section) link?.setAttribute("aria-current", "step");
      else link?.removeAttribute("aria-current");
    }
    if (!section || innerWidth <= 1000) return;
    const fits = section.offsetTop + section.offsetHeight < this.clientHeight * 0.8;
    this.scrollTo({ top: fits ? 0 : section.offsetTop - 80, behavior: "instant" });
  }

  #mark() {
    const { binding, source } = store.state;
    for (const part of all("[data-when]", this)) part.hidden = part.dataset.when !== source;
    for (const [element, recorded] of this.#recorded) {
      const live = binding.values[element.dataset.v ?? ""] ?? NOT_YET;
      const title = live === NOT_YET && element.closest("h2") !== null; // a title of dots would name nothing
      element.textContent = source === "live" && !title ? live : recorded;
      element.classList.toggle("unknown", source === "live" && live === NOT_YET);
    }
    const step = stepOfCursor();
    const open = find("section.cur", this);
    if (String(step || "") !== (open?.dataset.step ?? "") && step) this.#open(find(`section[data-step="${step}"]`, this));
    for (const section of all("section[data-step]", this)) {
      section.classList.toggle("waits", source === "live" && rungOfStep(Number(section.dataset.step)) === null);
    }
  }

  /** @param {string} field */
  #chips(field) {
    const chosen = field.split(" ");
    for (const chip of all(".chip", this)) {
      const mine = (chip.dataset.f ?? "").split(" ").some((name) => chosen.includes(name));
      chip.classList.toggle("sel", mine && chip.closest("section.cur") !== null);
    }
  }

  /** The row of bits that holds the chosen field stays above the text on a phone. @param {string} field */
  #sticky(field) {
    const spot = find(".spot", this);
    const explain = find("ss-scope .explain");
    if (!spot || !explain) return;
    const name = field.split(" ")[0];
    const readout = find(`.readout[data-for~="${CSS.escape(name)}"]`, explain);
    const row = find(".bits.n16 .b-row.on", explain);
    const line = find(".http-lines .sel", explain);
    spot.className = `spot ${[...(readout?.classList ?? [])].find((c) => c.startsWith("f-")) ?? ""}`;
    const title = h("p", {}, h("b", {}, find("b", readout ?? explain)?.textContent ?? ""));
    if (row) {
      const bits = h("div", { class: "bits n16" });
      const copy = /** @type {HTMLElement} */ (row.cloneNode(true));
      for (const cell of all("[role], [tabindex]", copy)) for (const a of ["role", "tabindex", "aria-label"]) cell.removeAttribute(a);
      copy.removeAttribute("role");
      bits.append(copy);
      const [first, last] = [Number(row.dataset.offset), Number(row.dataset.last)];
      title.append(h("code", {}, find("code", readout ?? explain)?.textContent ?? ""));
      title.append(h("span", {}, t("js.spot.bytes", { first, last, size: Number(explain.dataset.size) - 1 })));
      spot.replaceChildren(title, bits);
    } else if (line) {
      spot.replaceChildren(title, h("div", { class: "spot-l mono" }, line.textContent?.replace("\\r\\n", "") ?? ""));
    } else spot.replaceChildren(title);
  }
}

customElements.define("ss-lesson", Lesson);
