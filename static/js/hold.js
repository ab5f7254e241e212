// @ts-check
/** `<ss-hold>`: what is held and why, who waits and until when; and the form that says how to hold. */
import { find } from "./dom.js";
import { clock, countdown } from "./clock.js";
import { holdBy, openOwn } from "./session.js";
import { store } from "./store.js";
import { has, t } from "./words.js";

/** @typedef {import("./types.js").Held} Held */

/** Who waits, and when they are known to give up. @param {Held} unit */
function waits({ waits: { side, for: what, client, gives_up_ms } }) {
  const who = client || t(`js.hold.who.${side}`);
  if (gives_up_ms === null) return t(`js.hold.waits.${what}`, { who });
  return t("js.hold.gives-up", { who, what: t(`js.hold.for.${what}`), left: clock(countdown(gives_up_ms)) });
}

/** How much of it has gone, and what goes next. @param {Held} unit */
function part({ released, bytes, step }) {
  if (step.unit === "frame" || step.unit === "head") return "";
  const next = step.fields.map((name) => (has(`js.field.${name}`) ? t(`js.field.${name}`) : name)).join(", ");
  return t("js.hold.part", { released, bytes, n: step.bytes, next: next || t("js.hold.rest") });
}

class Hold extends HTMLElement {
  connectedCallback() {
    store.on(["held"], () => this.#draw());
    setInterval(() => store.state.held.length && this.#put(".h-waits", waits(store.state.held[0])), 500);
    find("form.how-f")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
      find("#how")?.hidePopover();
      submit(form);
    });
    find("#how")?.addEventListener("beforetoggle", (event) => /** @type {ToggleEvent} */ (event).newState === "open" && fill());
  }

  /** @param {string} selector @param {string} text */
  #put(selector, text) {
    const line = find(selector, this);
    if (!line || line.textContent === text) return;
    line.textContent = text;
    line.hidden = !text;
  }

  #draw() {
    const { held } = store.state;
    this.hidden = !held.length;
    if (!held.length) return;
    const [first, ...behind] = held;
    const bytes = behind.reduce((sum, unit) => sum + unit.bytes, 0);
    this.#put(".h-why", t(`js.hold.${first.unit === "head" ? `head.${first.held_side}` : first.held_side}`));
    this.#put(".h-waits", waits(first));
    this.#put(".h-part", part(first));
    this.#put(".h-queue", behind.length ? t("js.hold.queue", { n: behind.length, bytes }) : "");
  }
}

/** @param {FormData} form */
function submit(form) {
  const when = {
    ...(form.get("opcode") && { opcode: String(form.get("opcode")) }),
    ...(form.get("side") && { side: String(form.get("side")) }),
    ...(form.get("violation") && { violation: true }),
  };
  const unit = /** @type {import("./types.js").Policy["unit"]} */ (form.get("unit"));
  const policy = { unit, when: Object.keys(when).length ? when : null };
  if (store.state.source !== "recorded") return holdBy(policy);
  store.set({ policy });
  return openOwn(true);
}

/** The form shows how the gate holds now. */
function fill() {
  const form = /** @type {HTMLFormElement} */ (find("form.how-f"));
  const radio = /** @type {RadioNodeList} */ (form.elements.namedItem("unit"));
  radio.value = store.state.policy.unit;
}

customElements.define("ss-hold", Hold);
