// @ts-check
/** `<ss-where>`: where the cursor is, in bytes and bits; and copies, links and figures of it. */
import { call } from "./api.js";
import { current, select } from "./cursor.js";
import { find, h } from "./dom.js";
import { link } from "./place.js";
import { attempt } from "./session.js";
import { store } from "./store.js";
import { address, range } from "./stream.js";
import { t } from "./words.js";

const LONGEST = 1 << 20;
const SCALE = 2;

/** The digits of bytes as a program writes them. @type {Record<string, (pairs: string[]) => string>} */
const WRITE = {
  hex: (pairs) => pairs.join(" "),
  python: (pairs) => `bytes.fromhex("${pairs.join(" ")}")`,
  javascript: (pairs) => `Uint8Array.of(${pairs.map((pair) => `0x${pair}`).join(", ")})`,
};

/** The bytes that are pinned, else all of the event, in its side's stream. */
function extent() {
  const event = current()?.event;
  if (!event) return null;
  const { cursor } = store.state;
  const start = event.start / 8;
  if (!cursor?.pinned || cursor.space !== "wire") return { side: event.side, start, end: Math.min(event.end / 8, start + LONGEST) };
  return { side: event.side, start: start + (cursor.bit >> 3), end: start + Math.ceil((cursor.bit + cursor.bits) / 8) };
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/** The figure as the server draws it. */
async function figure() {
  const seq = current()?.event?.seq ?? 0;
  const text = await call(address({ seq }, "figure.svg"), { as: "text" });
  return { blob: new Blob([text], { type: "image/svg+xml" }), name: `event-${seq}` };
}

/** @param {Blob} svg @returns {Promise<Blob>} */
async function rasterise(svg) {
  const url = URL.createObjectURL(svg);
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(t("js.error.figure")))), "image/png"));
}

class Where extends HTMLElement {
  connectedCallback() {
    store.on(["cursor", "at"], () => this.#draw());
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("button")) : null;
      if (button?.hasAttribute("data-unpin")) select(null);
      if (button?.dataset.take) attempt(() => this.#take(button.dataset.take ?? ""));
    });
    this.addEventListener("change", (event) => {
      const menu = /** @type {HTMLSelectElement} */ (event.target);
      const kind = menu.value;
      menu.value = "";
      if (kind in WRITE) attempt(() => this.#copy(kind));
    });
  }

  #draw() {
    const { cursor } = store.state;
    const said = find("output", this);
    const pin = find(".pin", this);
    if (pin) pin.hidden = !cursor?.pinned;
    if (!said || !cursor) return;
    const whole = cursor.bit % 8 === 0 && cursor.bits % 8 === 0;
    const n = whole ? cursor.bits / 8 : cursor.bits;
    const bits = n === 1 ? t(whole ? "js.where.one-byte" : "js.where.one-bit") : t(whole ? "js.where.bytes" : "js.where.bits", { n });
    const label = find(".readout:not([hidden]) b", find("ss-scope .explain") ?? document)?.textContent ?? "";
    const space = t(`js.space.${cursor.space}`);
    said.replaceChildren(h("b", {}, label), " ", t("js.where", { byte: cursor.bit >> 3, bit: cursor.bit % 8, bits, space }));
  }

  /** @param {string} text */
  #say(text) {
    const line = find(".said", this);
    if (line) line.textContent = text;
  }

  /** @param {string} text @param {string} key */
  async #clip(text, key) {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    this.#say(t(done ? key : "js.copy-failed"));
  }

  /** @param {string} kind */
  async #copy(kind) {
    const wanted = extent();
    if (!wanted) return;
    const hex = await range(wanted.side, wanted.start, wanted.end);
    await this.#clip(WRITE[kind](hex.match(/../g) ?? []), "js.copied");
  }

  /** @param {string} what */
  async #take(what) {
    if (what === "link") return this.#clip(link(), "js.where.linked");
    const { blob, name } = await figure();
    if (what === "svg") save(blob, `${name}.svg`);
    else save(await rasterise(blob), `${name}.png`);
    this.#say(t("js.where.saved"));
  }
}

customElements.define("ss-where", Where);
