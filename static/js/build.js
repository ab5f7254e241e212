// @ts-check
/** `<ss-build>`: every change goes to the server, which draws the form and its bits anew. */
import { post, useKey } from "./api.js";
import { listen, ofField } from "./bus.js";
import { all, find, fragment, h } from "./dom.js";
import { gridKey } from "./grid.js";
import { drawLens, listenLens } from "./inspect-lens.js";
import { t } from "./words.js";

const PAUSE = 200;

class Build extends HTMLElement {
  #form = /** @type {HTMLFormElement} */ (find("form#build", this));
  /** @type {AbortController | null} */
  #asking = null;
  #timer = 0;
  #field = "";

  connectedCallback() {
    this.#form.addEventListener("input", (event) => {
      clearTimeout(this.#timer);
      const target = /** @type {HTMLElement} */ (event.target);
      const text = target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !["radio", "checkbox"].includes(target.type));
      this.#timer = setTimeout(() => this.#draw(), text ? PAUSE : 0);
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
      this.#draw(button?.name === "do" ? button.value : "");
    });
    this.addEventListener("click", (event) => this.#click(event));
    listen(this.#form, (field) => this.#mark(field));
    listenLens(this.#form, () => this.#mark(this.#field));
    this.#form.addEventListener("keydown", (event) => gridKey(event));
    this.#mark("");
  }

  /** @param {string} [what] what a button does */
  async #draw(what = "") {
    this.#asking?.abort();
    this.#asking = new AbortController();
    const body = new URLSearchParams(/** @type {any} */ (new FormData(this.#form)));
    if (what) body.set("do", what);
    try {
      const answer = await fetch("/build?part=1", { method: "POST", body, signal: this.#asking.signal });
      if (!answer.ok) throw new Error((await answer.json()).error ?? t("js.error.status", { status: answer.status }));
      this.#put(fragment(await answer.text()));
      this.#tell("");
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (name !== "AbortError") this.#tell(message);
    }
  }

  /** The focus stays in the same control, and the cursor in its text. @param {HTMLElement} drawn */
  #put(drawn) {
    const old = /** @type {HTMLInputElement | null} */ (document.activeElement);
    const at = old && "selectionStart" in old ? old.selectionStart : null;
    const same = old?.name ? `[name="${old.name}"]${["radio"].includes(old.type) ? `[value="${old.value}"]` : ""}` : "";
    this.#form.replaceChildren(drawn);
    const again = /** @type {HTMLInputElement | null} */ (same ? find(same, this.#form) : null);
    again?.focus({ preventScroll: true });
    if (at !== null && again?.setSelectionRange && !["radio", "checkbox"].includes(again.type)) again.setSelectionRange(at, at);
    this.#mark(this.#field);
  }

  /** @param {string} field */
  #mark(field) {
    const explain = find(".explain", this);
    if (!explain) return;
    const chosen = field && ofField(field, explain).length ? field : explain.dataset.default ?? "";
    this.#field = field;
    drawLens(explain);
    for (const part of all(".sel", explain)) if (!part.closest(".strip")) part.classList.remove("sel");
    for (const part of ofField(chosen, explain)) part.classList.add("sel");
    for (const part of all("[data-for]", explain)) part.hidden = !(part.dataset.for ?? "").split(" ").includes(chosen.split(" ")[0]);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const what = /** @type {HTMLElement | null} */ (target?.closest("[data-do]") ?? null)?.dataset.do;
    const key = /** @type {HTMLInputElement | null} */ (find("[name=key]", this));
    if (what === "random" && key) {
      key.value = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#draw();
    } else if (what === "send") {
      this.#send().catch((error) => this.#tell(error.message));
    }
  }

  /** Over a real connection of a session of its own; a server needs a client to speak to. */
  async #send() {
    const { hex = "", side = "client" } = find(".bld-r", this)?.dataset ?? {};
    const session = await post("/api/sessions", {});
    useKey(session.key);
    const call = `/api/sessions/${session.id}/send`;
    if (side === "server") await post(call, { as: "client", kind: "ping", text: "" });
    await post(call, { as: side, kind: "raw", hex });
    const place = find(".sent", this);
    place?.replaceChildren(t("js.build.sent"), " ", h("a", { href: session.page_url }, t("js.build.watch")));
    if (place) place.hidden = false;
  }

  /** @param {string} text */
  #tell(text) {
    const place = find(".refused", this);
    const span = find(".refused span", this);
    if (span) span.textContent = text;
    if (place) place.hidden = text === "";
  }
}

customElements.define("ss-build", Build);
