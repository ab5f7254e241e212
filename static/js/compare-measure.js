// @ts-check
/** Measuring: one row after the other, then the race on several lines at once. The server counts, the page times. */
import { post } from "./api.js";
import { lab, LINES, message, setClock, setCookie } from "./compare-lines.js";

/**
 * @typedef {{size: number, count: number, sender: "client" | "server", cookies: boolean}} Plan
 * @typedef {{kind: string, sides: string[], main: boolean, browser: boolean, tls: boolean, ordered: boolean, racer: boolean}} Row
 */

export class Stopped extends Error {}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));

export class Measurement {
  #stopped = false;
  #clock = { run: (/** @type {number} */ ms) => ms, page: (/** @type {number} */ ns) => ns, error: 0 };
  #about = { id: "", base: "", secure: "", pace_ms: 10 };

  /** @param {Plan} plan @param {Record<string, Row>} rows */
  constructor(plan, rows) {
    this.plan = plan;
    this.rows = rows;
  }

  get id() {
    return this.#about.id;
  }

  /** How far the page's clock may be off, in milliseconds. */
  get error() {
    return this.#clock.error;
  }

  /** @param {string} replaces */
  async start(replaces) {
    this.#about = await post("/api/compare/runs", { ...this.plan, replaces });
    if (this.plan.cookies) await setCookie(this.#about.base);
    this.#clock = await setClock(this.#about.base);
  }

  stop() {
    this.#stopped = true;
    if (!this.id) return;
    // Also when the page is left; and if that does not get through, the server ends the run by itself in time.
    const headers = { "Content-Type": "application/json" };
    fetch(`/api/compare/runs/${this.id}/stop`, { method: "POST", headers, body: "{}", keepalive: true }).catch(() => {});
  }

  #go() {
    if (this.#stopped) throw new Stopped();
  }

  /** @param {string} id @param {(payload: string) => void} heard */
  #open(id, heard) {
    const row = this.rows[id];
    const base = row.tls ? this.#about.secure : this.#about.base;
    const { tls, ordered } = row;
    return LINES[row.kind]({ base, row: id, cookies: this.plan.cookies, ordered, tls, heard });
  }

  /**
   * One row, from opening to figures.
   * @param {string} id @param {(done: number) => void} told
   */
  async row(id, told) {
    this.#go();
    const here = this.rows[id].browser || (this.rows[id].kind === "socket" && this.#about.secure);
    if (!here) return lab(this.id, `rows/${id}/python`);
    /** @type {Record<number, number>} */
    const times = {};
    let count = 0;
    await lab(this.id, `rows/${id}/open`);
    const line = await this.#open(id, (payload) => {
      const at = performance.now();
      times[/^\d{4}/.test(payload) ? Number(payload.slice(0, 4)) : count] = this.#clock.run(at);
      told(++count);
    });
    try {
      await lab(this.id, `rows/${id}/begin`);
      if (this.plan.sender === "client") await this.#say(line, times, told);
      else if (this.rows[id].kind === "poll") await this.#say(line, {}, () => {});
      else await this.#wait(() => count);
      this.#go();
      return await lab(this.id, `rows/${id}/finish`, { times });
    } finally {
      line.close();
    }
  }

  /** @param {import("./compare-lines.js").Line} line @param {Record<number, number>} times @param {(done: number) => void} told */
  async #say(line, times, told) {
    const began = performance.now();
    for (let index = 0; index < this.plan.count; index++) {
      await pause(began + index * this.#about.pace_ms - performance.now());
      this.#go();
      const payload = message(index, this.plan.size);
      times[index] = this.#clock.run(performance.now());
      await line.say(payload);
      told(index + 1);
    }
  }

  /** Until all have come, or none has for a while: a transport may lose some. @param {() => number} count */
  async #wait(count) {
    let last = 0;
    let since = performance.now();
    while (count() < this.plan.count && performance.now() - since < 2500) {
      await pause(20);
      this.#go();
      if (count() !== last) [last, since] = [count(), performance.now()];
    }
  }

  /** The same events on every line at once. @param {string[]} ids */
  async race(ids) {
    /** @type {Record<string, Record<number, number>>} */
    const times = {};
    /** @type {Record<string, import("./compare-lines.js").Line>} */
    const lines = {};
    try {
      for (const id of ids) {
        this.#go();
        times[id] = {};
        await lab(this.id, `rows/${id}/open`, { race: true });
        lines[id] = await this.#open(id, () => {
          times[id][Object.keys(times[id]).length] = this.#clock.run(performance.now());
        });
      }
      for (const id of ids) await lab(this.id, `rows/${id}/begin`);
      const about = await lab(this.id, "race");
      await pause(this.#clock.page(about.starts) + about.poll_ms - performance.now());
      this.#go();
      await lines.poll?.say("");
      await pause(150);
      for (const line of Object.values(lines)) line.close();
      return await lab(this.id, "race/finish", { starts: about.starts, times });
    } finally {
      for (const line of Object.values(lines)) line.close();
    }
  }
}
