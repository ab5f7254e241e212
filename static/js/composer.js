// @ts-check
/** `<ss-composer>`: say something. Text, binary and close go through this page's own WebSocket; what a browser cannot
 * send goes through a scripted client on a connection of its own, and the composer says so. */
import { post } from "./api.js";
import { all, find } from "./dom.js";
import * as peer from "./peer.js";
import { attempt, choose, openOwn } from "./session.js";
import { store } from "./store.js";
import { t } from "./words.js";

const MASKED_HEADER = 2 + 4;
const BROWSER = ["text", "binary", "close"];

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | null} null when it is not pairs of hexadecimal digits */
export function hexBytes(text) {
  const digits = text.replace(/0x|[\s,:]/gi, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** "1000 done" as code and reason. @param {string} text */
function closing(text) {
  const match = /^\s*(\d{1,5})?\s*(.*)$/.exec(text);
  return { code: match?.[1] ? Number(match[1]) : undefined, reason: match?.[2] ?? "" };
}

/** Bytes of payload, or null when the text cannot be sent as that kind. @param {string} kind @param {string} text */
function payload(kind, text) {
  if (kind === "binary" || kind === "raw") return hexBytes(text)?.length ?? null;
  const bytes = new TextEncoder().encode(kind === "close" ? closing(text).reason : text).length;
  if (kind !== "close") return bytes;
  return closing(text).code === undefined ? (bytes ? null : 0) : bytes + 2;
}

class Composer extends HTMLElement {
  #kind = "text";
  /** @type {Map<string, string>} what was typed, by kind */
  #typed = new Map();

  connectedCallback() {
    for (const radio of all("[data-kind]", this)) this.#typed.set(radio.dataset.kind ?? "", radio.dataset.sample ?? "");
    this.addEventListener("change", (event) => {
      const radio = event.target instanceof HTMLInputElement && event.target.dataset.kind;
      if (radio) this.#choose(radio);
    });
    this.addEventListener("input", () => this.#count());
    find("form", this)?.addEventListener("submit", (event) => {
      event.preventDefault();
      if (store.state.source === "recorded") openOwn();
      else attempt(() => this.#send());
    });
    store.on(["source", "readyState", "own", "session"], () => this.#count());
    this.#choose("text");
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (find(".comp-in input", this));
  }

  /** @param {string} kind */
  #choose(kind) {
    this.#typed.set(this.#kind, this.#input.value || (this.#typed.get(this.#kind) ?? ""));
    this.#kind = kind;
    this.#input.value = this.#typed.get(kind) ?? "";
    this.#count();
  }

  #count() {
    const kind = this.#kind;
    const bytes = payload(kind, this.#input.value);
    const count = find(".prev", this);
    const button = /** @type {HTMLButtonElement} */ (find("button[type=submit]", this));
    this.#input.toggleAttribute("aria-invalid", bytes === null);
    if (count) count.textContent = this.#sum(bytes);
    const scripted = !this.#own();
    const recorded = store.state.source === "recorded";
    button.textContent = t(recorded ? "js.send.open" : scripted ? "js.send.scripted" : "js.send.client");
    button.classList.toggle("primary", !recorded);
    button.disabled = !recorded && bytes === null;
    const note = find(".comp-note", this);
    if (note) {
      note.hidden = recorded || !scripted;
      const waits = store.state.readyState === WebSocket.CONNECTING;
      note.textContent = t(!BROWSER.includes(kind) ? `js.send.note.${kind}` : waits ? "js.send.note.waits" : "js.send.note.closed");
    }
  }

  /** @param {number | null} bytes */
  #sum(bytes) {
    if (bytes === null) return t(this.#kind === "close" ? "js.send.code" : "js.send.hex");
    if (this.#kind === "raw") return t("js.send.raw", { n: bytes });
    const extended = bytes < 126 ? 0 : bytes < 65536 ? 2 : 8;
    const sizes = [2, extended, 4, bytes].filter((n) => n > 0 || n === bytes);
    return t("js.send.sum", { sum: sizes.join(" + "), total: MASKED_HEADER + extended + bytes });
  }

  /** Whether this page's own WebSocket can send it. */
  #own() {
    return BROWSER.includes(this.#kind) && peer.canSend();
  }

  async #send() {
    const [kind, text] = [this.#kind, this.#input.value];
    if (this.#own()) {
      const { code, reason } = closing(text);
      if (kind === "text") peer.send(text);
      else if (kind === "binary") peer.send(hexBytes(text) ?? new Uint8Array());
      else peer.close(code, reason);
      store.set({ follow: true });
      return;
    }
    const { session } = store.state;
    /** @type {Record<string, unknown>} */
    const body = { as: "client", kind };
    if (kind === "binary" || kind === "raw") body.hex = text.replace(/0x|[\s,:]/gi, "");
    else if (kind === "close") Object.assign(body, closing(text));
    else body.text = text;
    const { connection } = await post(`/api/sessions/${session}/send`, body);
    store.set({ follow: true });
    choose(connection);
  }
}

customElements.define("ss-composer", Composer);
