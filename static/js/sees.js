// @ts-check
/** `<ss-sees>`: what the two programs notice of a row. For this page's own connection it is what its WebSocket really did. */
import { current, rungOfStep } from "./cursor.js";
import { find } from "./dom.js";
import { store } from "./store.js";
import { has, t } from "./words.js";

/** @typedef {import("./types.js").Rung} Rung */

const READY = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];

/** Which situation a row is, for the catalogue: `server.text`, `server.part`, `client.close` ... @param {Rung} rung */
function situation(rung) {
  const frame = rung.event?.frame;
  if (rung.held && !rung.event) return `${rung.side}.held`;
  if (rung.violations.some((v) => v.severity === "error")) return `${rung.side}.violation`;
  if (rung.event?.kind === "response" && rung.tag !== "101") return "server.refused";
  if (!frame) return `${rung.side}.${rung.event?.kind}`;
  const names = { 8: "close", 9: "ping", 10: "pong" };
  const control = names[/** @type {8 | 9 | 10} */ (frame.opcode)];
  if (control) return `${rung.side}.${control}`;
  return frame.fin ? `${rung.side}.text` : `${rung.side}.part`;
}

/** Rows of a kind up to a row, so that the third message meets the third event. @param {Rung} rung @param {(rung: Rung) => boolean} like */
function count(rung, like) {
  const { rungs } = store.state;
  return rungs.slice(0, rungs.indexOf(rung) + 1).filter(like).length;
}

/** @type {Record<string, [import("./types.js").Seen["what"], (rung: Rung) => boolean]>} */
const WITNESS = {
  "client.request": ["new", () => true],
  "server.response": ["open", () => true],
  "client.text": ["send", (r) => situation(r) === "client.text"],
  "server.text": ["message", (r) => situation(r) === "server.text"],
  "client.close": ["closing", () => true],
  "server.close": ["close", () => true],
  "server.refused": ["close", () => true],
  "server.end": ["close", () => true],
  "client.end": ["close", () => true],
};

/** What this page's own WebSocket did at a row, or null when it noticed nothing. @param {Rung} rung */
function witnessed(rung) {
  const [what, like] = WITNESS[situation(rung)] ?? [];
  if (!what || !like) return null;
  const found = store.state.seen.filter((one) => one.what === what);
  const single = ["new", "open", "close", "closing"].includes(what);
  return single ? found[0] ?? null : found[count(rung, like) - 1] ?? null;
}

class Sees extends HTMLElement {
  connectedCallback() {
    store.on(["at", "rungs", "seen", "readyState", "binding", "own", "connection"], () => this.#draw());
  }

  /** @param {string} selector @param {string} text */
  #put(selector, text) {
    const part = find(selector, this);
    if (part && part.textContent !== text) part.textContent = text;
  }

  #draw() {
    const rung = current();
    this.hidden = !rung;
    if (!rung) return;
    const { source, own, connection } = store.state;
    const mine = source === "live" && own !== null && own === connection;
    const script = source === "recorded" ? !find("[data-plan]") : !mine;
    const kind = situation(rung);
    const step = find("section.cur");
    const bound = step && rungOfStep(Number(step.dataset.step)) === rung;
    const notes = bound ? find(".notes", step) : null;
    const told = (/** @type {string} */ name) => find(`.${name}`, notes ?? this)?.textContent ?? "";
    const said = (/** @type {string} */ name) => (has(`js.sees.${kind}.${name}`) ? t(`js.sees.${kind}.${name}`, { text: rung.summary }) : "");
    this.#put(".page .code", notes ? told("page-code") : said("page"));
    this.#put(".page .remark", notes ? told("page-remark") : said("page-remark"));
    this.#put(".program .code", notes ? told("program-code") : said("program"));
    this.#put(".program .remark", notes ? told("program-remark") : said("program-remark"));
    this.#put(".page .state-no", script ? "" : t("js.sees.ready", { n: READY.indexOf(rung.state.client) }));
    this.#put(".page .who", t(script ? "js.sees.client" : "js.sees.javascript"));
    if (mine) this.#own(rung);
    if (rung.held && rung.event) { // it has arrived, and the program behind the gate knows nothing of it
      this.#put(".program .code", t("js.seen.not-yet"));
      this.#put(".program .remark", t("js.sees.server.held.program-remark"));
    }
  }

  /** @param {Rung} rung */
  #own(rung) {
    const seen = witnessed(rung);
    const expects = situation(rung) in WITNESS;
    if (seen) {
      this.#put(".page .code", t(`js.seen.${seen.what}`, { text: seen.text.length > 40 ? `${seen.text.slice(0, 40)}…` : seen.text }));
      this.#put(".page .remark", t("js.seen.measured"));
      this.#put(".page .state-no", t("js.sees.ready", { n: seen.readyState }));
    } else {
      this.#put(".page .code", t(expects ? "js.seen.not-yet" : "js.seen.nothing"));
      if (expects) this.#put(".page .remark", t("js.seen.measured"));
      if (rung.held) this.#put(".page .state-no", t("js.sees.ready", { n: store.state.readyState }));
    }
  }
}

customElements.define("ss-sees", Sees);
