// @ts-check
/** `<ss-gate>`: where the bytes on the page come from, and the button that holds them. */
import { find, h, icon } from "./dom.js";
import { hold, keepHolding, openOwn, release, run } from "./session.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @param {number} ms */
const clock = (ms) => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** @type {Record<string, () => unknown>} */
const DO = {
  open: () => openOwn(),
  "open-held": () => openOwn(true),
  hold,
  run,
  release,
  keep: keepHolding,
};

/** @param {string} what @param {string} kind @param {...(Node | string)} label */
const button = (what, kind, ...label) => h("button", { type: "button", class: `btn sm ${kind}`, "data-do": what }, ...label);

/** Holding before anything is open gives a held handshake; holding later stops what comes next. */
export function toggleHold() {
  const { source, mode } = store.state;
  if (source === "recorded") openOwn(true);
  else if (mode === "hold") run();
  else hold();
}

class Gate extends HTMLElement {
  #drawn = "";

  connectedCallback() {
    document.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-do]")) : null;
      DO[target?.dataset.do ?? ""]?.();
    });
    store.on(["held", "mode", "source", "feed", "connections", "connection", "readyState", "error"], () => this.#draw());
    setInterval(() => this.#tick(), 250);
  }

  #left() {
    const { held, heldAt } = store.state;
    return held.length ? (held[0].left_ms ?? 0) - (performance.now() - heldAt) : 0;
  }

  #tick() {
    const left = find(".left", this);
    if (left && store.state.held.length) left.textContent = clock(this.#left());
  }

  #draw() {
    const { held, mode, source, feed, connections, connection, own, error } = store.state;
    const notice = find(".wb-notice");
    if (notice) {
      const said = error || (feed === "lost" ? t("js.feed.lost") : "");
      notice.hidden = !said;
      notice.textContent = said;
    }
    if (source === "recorded") return;
    const shown = connections.find((one) => one.id === connection);
    const state = held.length ? `held ${held[0].n}` : `${mode} ${shown?.open} ${connection === own} ${feed} ${connections.length > 0}`;
    if (state === this.#drawn) return this.#tick();
    this.#drawn = state;
    this.className = `gate${held.length ? " held" : ""}`;
    this.replaceChildren(...(held.length ? this.#held() : this.#live(shown?.open ?? false)));
  }

  #held() {
    return [
      icon("pause"),
      h("span", { class: "g-t" }, h("b", {}, t("js.gate.paused")), " ", h("span", { class: "g-l" }, t("js.gate.released"), " "), h("b", { class: "left", role: "timer", "aria-live": "off" }, clock(this.#left()))),
      button("keep", "quiet", t("js.gate.keep")),
      button("release", "", t("js.gate.release")),
    ];
  }

  /** @param {boolean} open */
  #live(open) {
    const { connection, own, mode, connections, feed } = store.state;
    const page = find("[data-plan]");
    const name = !connection ? (feed === "open" ? "js.source.waiting" : "js.source.opening") : connection === own ? "js.source.own" : "js.source.other";
    const parts = [h("span", { class: `live-dot${open ? "" : " off"}` }), h("b", {}, t(name))];
    if (mode === "hold") {
      parts.push(h("span", { class: "g-l" }, t("js.gate.holding")), button("run", "", t("js.gate.run")));
    } else parts.push(button("hold", "", icon("gate"), t("js.gate.hold")));
    if (page && !open && connections.length) parts.push(button("open", "", t("js.gate.again")));
    return parts;
  }
}

customElements.define("ss-gate", Gate);
