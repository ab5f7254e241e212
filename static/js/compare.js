// @ts-check
/** The comparison page: choices, progress, and what is shown of measured and recorded figures. */
import { call, post } from "./api.js";
import { sample } from "./compare-bytes.js";
import { lab } from "./compare-lines.js";
import { Measurement, Stopped } from "./compare-measure.js";
import { bars, counter, lanes, speaker, table, workloads } from "./compare-parts.js";
import { find, h } from "./dom.js";

/** @typedef {import("./compare-measure.js").Plan} Plan */

const WORK_COUNT = 20;

class Compare extends HTMLElement {
  /** @type {import("./compare-parts.js").Lab} */
  #lab = JSON.parse(this.dataset.lab ?? "{}");
  #works = JSON.parse(this.dataset.works ?? "[]");
  #w = speaker(this.#lab);
  /** @type {Map<string, any>} */
  #measured = new Map();
  /** @type {Plan | null} */
  #plan = null;
  /** @type {any} */
  #race = null;
  /** @type {any[] | null} */
  #verdicts = null;
  /** @type {Measurement | null} */
  #running = null;
  #last = "";

  connectedCallback() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#measure();
    });
    this.#form.addEventListener("change", () => this.#show());
    this.#on("stop", () => this.#running?.stop());
    this.#on("works", () => this.#measureWorks());
    this.#on("workbench", () => this.#workbench());
    for (const name of ["after", "sample"]) this.#part(name).addEventListener("change", () => this.#show());
    addEventListener("pagehide", () => this.#running?.stop());
    this.#begin();
  }

  async #begin() {
    try {
      this.#lab.recorded = await call("/api/compare/recorded");
      this.#show();
    } catch (error) {
      this.#status(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} name */
  #part(name) {
    const part = find(`[data-part="${name}"]`, this);
    if (!part) throw new Error(`the page lacks ${name}`);
    return part;
  }

  /** @param {string} name @param {() => void} act */
  #on(name, act) {
    this.#part(name).addEventListener("click", act);
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.#part("form"));
  }

  /** @returns {Plan & {every: boolean}} */
  #choices() {
    const data = new FormData(this.#form);
    const sender = data.get("sender") === "client" ? "client" : "server";
    return {
      size: Number(data.get("size")),
      count: Number(data.get("count")),
      sender,
      cookies: data.has("cookies"),
      every: data.has("every"),
    };
  }

  // what is shown

  #results() {
    const { size, sender, cookies, every } = this.#choices();
    const plan = this.#plan;
    const fresh = plan && plan.size === size && plan.sender === sender && plan.cookies === cookies;
    /** @type {any[]} */
    const found = [];
    for (const [id, row] of Object.entries(this.#lab.facts)) {
      if (!row.sides.includes(sender) || !(row.main || every)) continue;
      const recorded = this.#lab.recorded.results.find((/** @type {any} */ one) => one.row === id && one.size === size && one.sender === sender);
      const result = (fresh && this.#measured.get(id)) || (!cookies && recorded && { ...recorded, source: "recorded" });
      if (result) found.push(result);
    }
    return found;
  }

  #show() {
    if (!this.#lab.recorded) return; // what came with the page stays until there is something to draw
    const results = this.#results();
    const sources = new Set(results.map((result) => result.source));
    const w = this.#w;
    const source = this.#running ? "measuring" : sources.size > 1 ? "mixed" : sources.has("measured") ? "measured" : "recorded";
    this.#part("source").textContent = w(`source.${source}`);
    const about = this.#lab.recorded;
    const told = w("recorded.about", { date: about.date, client: about.client, system: about.versions.system, count: about.count });
    this.#part("recorded").textContent = this.#running ? "" : sources.has("recorded") ? told : results.length ? "" : w("recorded.none");
    const absent = this.#choices().sender === "client" ? [h("p", { class: "remark absent" }, w("bars.absent"))] : [];
    this.#part("bars").replaceChildren(...(results.length ? bars(this.#lab, results) : []), ...absent);
    const after = /** @type {HTMLSelectElement} */ (this.#part("after"));
    this.#part("counter").replaceChildren(...(results.length ? counter(this.#lab, results, Number(after.value)) : []));
    this.#part("table").replaceChildren(...(results.length ? [table(this.#lab, results, this.#race ?? this.#lab.recorded.race)] : []));
    const race = this.#race ?? about.race;
    const note = this.#race ? w("race.error", { error: this.#race.error.toFixed(2) }) : w("race.recorded");
    this.#part("lanes").replaceChildren(...lanes(this.#lab, race, note));
    this.#part("verdicts").replaceChildren(...workloads(this.#lab, this.#verdicts ?? about.workloads, this.#works));
    this.#part("works-source").textContent = w(this.#verdicts ? "source.measured" : "source.recorded");
    this.#samples(results);
  }

  /** @param {any[]} results */
  #samples(results) {
    const choice = /** @type {HTMLSelectElement} */ (this.#part("sample"));
    const before = choice.value;
    choice.replaceChildren(...results.map((one) => h("option", { value: one.row }, this.#lab.facts[one.row].name)));
    const kept = results.find((one) => one.row === before) ?? results.find((one) => one.row === "ws") ?? results[0];
    if (kept) choice.value = kept.row;
    this.#part("bytes").replaceChildren(...sample(this.#lab, kept));
    const opens = kept?.source === "measured" && this.#lab.facts[kept.row].kind === "socket";
    this.#part("workbench").hidden = !opens || !this.#last;
  }

  // measuring

  async #measure() {
    const { every, ...plan } = this.#choices();
    const rows = Object.entries(this.#lab.facts)
      .filter(([id, row]) => row.sides.includes(plan.sender) && (row.main || every) && !this.#lab.missing[id])
      .map(([id]) => id);
    this.#measured.clear();
    this.#plan = plan;
    await this.#during(plan, async (running) => {
      const failed = await this.#rows(running, rows, (id, result) => this.#measured.set(id, result));
      this.#status(this.#w("status.race", { count: this.#lab.events }));
      const racers = Object.keys(this.#lab.facts).filter((id) => this.#lab.facts[id].racer && !this.#lab.missing[id]);
      this.#race = { ...await running.race(racers), error: running.error };
      this.#status(failed || this.#w("status.done", { count: this.#measured.size }));
    });
    this.#last = this.#measured.size ? this.#last : "";
    this.#exports();
    this.#show();
  }

  /**
   * Measure rows one after the other; what could not be measured, in one sentence.
   * @param {Measurement} running @param {string[]} rows @param {(id: string, result: any) => void} take
   */
  async #rows(running, rows, take) {
    let failed = "";
    for (const [at, id] of rows.entries()) {
      const name = this.#lab.facts[id].name;
      this.#status(this.#w("status.row", { name }));
      this.#progress(0, running.plan.count, at, rows.length);
      try {
        take(id, await running.row(id, (done) => this.#progress(done, running.plan.count, at, rows.length)));
        this.#show();
      } catch (error) {
        if (error instanceof Stopped) throw error;
        failed = this.#w("status.failed", { name, why: error instanceof Error ? error.message : String(error) });
      }
    }
    this.#progress(running.plan.count, running.plan.count, rows.length, rows.length);
    return failed;
  }

  /** @param {Plan} plan @param {(running: Measurement) => Promise<void>} act */
  async #during(plan, act) {
    if (this.#running) return;
    const running = this.#running = new Measurement(plan, this.#lab.facts);
    this.#busy(true);
    this.#status(this.#w("status.clock"));
    try {
      await running.start(this.#last);
      this.#last = running.id;
      await act(running);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#status(error instanceof Stopped ? this.#w("status.stopped") : why);
    } finally {
      this.#running = null;
      this.#busy(false);
    }
  }

  async #measureWorks() {
    /** @type {Record<string, any[]>} */
    const found = {};
    for (const work of this.#works) {
      const plan = { size: work.size, count: WORK_COUNT, sender: work.sender, cookies: false };
      const rows = Object.entries(this.#lab.facts)
        .filter(([id, row]) => row.sides.includes(work.sender) && row.browser && !row.deflate && row.kind !== "long" && !this.#lab.missing[id])
        .map(([id]) => id);
      let whole = false;
      await this.#during(plan, async (running) => {
        found[work.id] = [];
        await this.#rows(running, rows, (_, result) => found[work.id].push({ ...result, sample: [] }));
        whole = true;
      });
      if (!whole) return;
    }
    this.#verdicts = await post("/api/compare/workloads", found);
    this.#status(this.#w("status.ready"));
    this.#show();
  }

  /** @param {boolean} busy */
  #busy(busy) {
    this.toggleAttribute("data-busy", busy);
    this.#part("stop").hidden = !busy;
    this.#part("progress").hidden = !busy;
    for (const name of ["measure", "works"]) /** @type {HTMLButtonElement} */ (this.#part(name)).disabled = busy;
    if (!busy) {
      this.#part("figure").textContent = "";
      this.#part("measure").textContent = this.#w("again");
    }
    this.#show();
  }

  /** @param {string} text */
  #status(text) {
    this.#part("status").textContent = text;
  }

  /** @param {number} done @param {number} count @param {number} rows @param {number} total */
  #progress(done, count, rows, total) {
    const bar = /** @type {HTMLProgressElement} */ (this.#part("progress"));
    bar.max = count * total;
    bar.value = rows === total ? bar.max : rows * count + Math.min(done, count);
    this.#part("figure").textContent = this.#w("progress", { done: Math.min(done, count), count, rows, total });
  }

  #exports() {
    for (const kind of ["csv", "json"]) {
      const link = /** @type {HTMLAnchorElement} */ (this.#part(kind));
      link.hidden = !this.#last;
      link.href = `/api/compare/runs/${this.#last}/results.${kind}`;
    }
  }

  async #workbench() {
    const choice = /** @type {HTMLSelectElement} */ (this.#part("sample"));
    try {
      const { page_url } = await lab(this.#last, `rows/${choice.value}/workbench`);
      location.assign(page_url);
    } catch (error) {
      this.#status(error instanceof Error ? error.message : String(error));
    }
  }
}

customElements.define("ss-compare", Compare);
