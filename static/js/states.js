// @ts-check
/** `<ss-states>`: where both peers are, in the diagram that the server drew from its table of transitions. */
import { go, index } from "./cursor.js";
import { all, find, memory } from "./dom.js";
import { store } from "./store.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Rung} Rung */
/** @typedef {import("./types.js").Side} Side */

const OPEN = "ss-states";
const TALL = 1000;

/** The transitions that the conversation took, by the row that took them. @param {Rung[]} rungs @param {Side} side */
function taken(rungs, side) {
  /** @type {Map<string, Rung>} */
  const found = new Map();
  let before = "CONNECTING";
  for (const rung of rungs) {
    const after = rung.state[side];
    if (after !== before) found.set(`${before} ${after}`, rung);
    before = after;
  }
  return found;
}

class States extends HTMLElement {
  connectedCallback() {
    const details = /** @type {HTMLDetailsElement} */ (find("details", this));
    const wish = memory.get(OPEN);
    details.open = wish === null ? innerHeight >= TALL : wish === "1";
    details.addEventListener("toggle", () => memory.set(OPEN, details.open ? "1" : "0"));
    store.on(["at", "rungs"], () => this.#draw());
    this.addEventListener("click", (event) => {
      const edge = event.target instanceof Element ? event.target.closest("[data-key]") : null;
      if (edge) go(edge.getAttribute("data-key") ?? "");
    });
  }

  #draw() {
    const { rungs } = store.state;
    const place = index();
    const now = rungs[place]?.state ?? { client: "CONNECTING", server: "CONNECTING" };
    const line = find(".st-now", this);
    if (line) line.textContent = t("js.states.now", { client: t(`js.state.${now.client.toLowerCase()}`), server: t(`js.state.${now.server.toLowerCase()}`) });
    for (const peer of all(".sd", this)) this.#peer(peer, /** @type {Side} */ (peer.dataset.peer), now, place);
  }

  /** @param {HTMLElement} peer @param {Side} side @param {{client: string, server: string}} now @param {number} place */
  #peer(peer, side, now, place) {
    const { rungs } = store.state;
    const before = rungs[place - 1]?.state[side] ?? "CONNECTING";
    const way = taken(rungs, side);
    let why = t("js.states.stays", { state: now[side] });
    for (const node of all(".sd-n", peer)) node.classList.toggle("on", node.dataset.state === now[side]);
    for (const edge of all(".sd-e", peer)) {
      const { from = "", to = "", triggers = "" } = edge.dataset;
      const rung = way.get(`${from} ${to}`);
      const here = rung !== undefined && rungs.indexOf(rung) === place;
      edge.classList.toggle("taken", rung !== undefined && rungs.indexOf(rung) <= place);
      edge.classList.toggle("now", here);
      if (rung) edge.dataset.key = rung.key;
      else delete edge.dataset.key;
      if (!here) continue;
      const verb = rung.side === side ? "sends" : "receives";
      const trigger = triggers.split("|").find((one) => one.startsWith(verb)) ?? triggers.split("|")[0];
      why = t("js.states.moves", { before, after: to, trigger });
    }
    const said = find(".sd-why", peer);
    if (said) said.textContent = why;
  }
}

customElements.define("ss-states", States);
