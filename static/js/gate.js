// @ts-check
/** `<ss-gate>`: where the bytes on the page come from, and the button that holds them. */
import { clock, countdown } from "./clock.js";
import { find, h, icon } from "./dom.js";
import { hold, keepHolding, openOwn, release, run } from "./session.js";
import { store } from "./store.js";
import { t } from "./words.js";

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

const how = () => h("button", { type: "button", class: "icon-btn bordered", popovertarget: "how", "aria-label": t("js.gate.how"), title: t("js.gate.how") }, icon("down"));

/** What the hold button says: by which unit, or that there is a condition. */
const holds = () => (store.state.policy.when ? "js.gate.hold.when" : `js.gate.hold.${store.state.policy.unit}`);

class Gate extends HTMLElement {
  #drawn = "";

  connectedCallback() {
    document.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-do]")) : null;
      DO[target?.dataset.do ?? ""]?.();
    });
    store.on(["held", "mode", "source", "feed", "connections", "connection", "readyState", "error", "policy"], () => this.#draw());
    setInterval(() => this.#tick(), 250);
  }

  #left() {
    const { held } = store.state;
    return held.length ? countdown(held[0].left_ms ?? 0) : 0;
  }

  #tick() {
    const left = find(".left", this);
    if (left && store.state.held.length) left.textContent = clock(this.#left());
  }

  #draw() {
    const { held, mode, source, feed, connections, connection, own, error, policy } = store.state;
    const notice = find(".wb-notice");
    if (notice) {
      const said = error || (feed === "lost" ? t("js.feed.lost") : "");
      notice.hidden = !said;
      notice.textContent = said;
    }
    if (source === "recorded") return;
    const shown = connections.find((one) => one.id === connection);
    const state = held.length ? `held ${held[0].n} ${policy.unit}` : `${mode} ${shown?.open} ${connection === own} ${feed} ${connections.length > 0} ${holds()}`;
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
      button("release", "", t(`js.gate.release.${store.state.policy.unit}`)),
      how(),
    ];
  }

  /** @param {boolean} open */
  #live(open) {
    const { connection, own, mode, connections, feed } = store.state;
    const page = find("[data-plan]");
    const name = !connection ? (feed === "open" ? "js.source.waiting" : "js.source.opening") : connection === own ? "js.source.own" : "js.source.other";
    const parts = [h("span", { class: `live-dot${open ? "" : " off"}` }), h("b", {}, t(name))];
    if (mode === "hold") {
      parts.push(h("span", { class: "g-l" }, t(store.state.policy.when ? "js.gate.waiting" : "js.gate.holding")), button("run", "", t("js.gate.run")));
    } else parts.push(button("hold", "", icon("gate"), t(holds())));
    parts.push(how());
    if (page && !open && connections.length) parts.push(button("open", "", t("js.gate.again")));
    return parts;
  }
}

customElements.define("ss-gate", Gate);
