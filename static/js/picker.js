// @ts-check
/** `<ss-picker>`: which connection of the session is shown, and on a session page the list of all of them. */
import { find, h } from "./dom.js";
import { choose } from "./session.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @param {import("./types.js").Connection} one @param {number} number */
function label(one, number) {
  const key = one.id === store.state.own ? "js.picker.own" : "js.picker.one";
  return t(key, { number, peer: one.peer, state: t(one.open ? "js.picker.open" : "js.picker.closed") });
}

class Picker extends HTMLElement {
  connectedCallback() {
    find("select", this)?.addEventListener("change", (event) => choose(/** @type {HTMLSelectElement} */ (event.target).value));
    store.on(["connections", "connection", "own"], () => this.#draw());
  }

  #draw() {
    const { connections, connection, source } = store.state;
    const select = /** @type {HTMLSelectElement | null} */ (find("select", this));
    this.hidden = connections.length < 2;
    select?.replaceChildren(...connections.map((one, n) => h("option", { value: one.id, selected: one.id === connection }, label(one, n + 1))));
    const shown = connections.find((one) => one.id === connection);
    const words = {
      ".peer.l small": source === "recorded" ? "" : t(connection === store.state.own ? "js.peer.browser" : "js.peer.other", { peer: shown?.peer ?? "" }),
      ".peer.r small": source === "recorded" ? "" : t("js.peer.server"),
    };
    for (const [selector, text] of Object.entries(words)) {
      const part = find(selector);
      if (part && text) part.textContent = text;
    }
    const stopped = find(".stopped");
    if (stopped) stopped.hidden = typeof shown?.stopped !== "number";
    const connect = find(".connect");
    connect?.classList.toggle("has-clients", connections.length > 0);
  }
}

customElements.define("ss-picker", Picker);
