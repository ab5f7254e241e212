// @ts-check
/** What the workbench knows, and one way to change it. Components listen; nobody calls another component. */

import { rungsOf } from "./rungs.js";

/** @typedef {import("./types.js").Rung} Rung */

const initial = {
  /** @type {"recorded" | "live"} */
  source: "recorded",
  /** @type {string | null} */
  session: null,
  /** @type {import("./types.js").Connection[]} */
  connections: [],
  /** @type {string | null} the connection that is shown */
  connection: null,
  /** @type {string | null} the connection of this page's own WebSocket */
  own: null,
  /** @type {import("./types.js").WireEvent[]} */
  events: [],
  /** @type {import("./types.js").Held[]} */
  held: [],
  heldAt: 0,
  /** @type {"run" | "hold"} */
  mode: "run",
  /** @type {import("./types.js").Policy} */
  policy: { unit: "frame", when: null },
  /** @type {"off" | "opening" | "open" | "lost"} */
  feed: "off",
  /** @type {Rung[]} */
  rungs: [],
  /** @type {string | null} key of the chosen row */
  at: null,
  /** whether the newest row is chosen as it comes */
  follow: false,
  /** rows that there were when the reader last followed, or walked that far */
  seenRows: 0,
  news: 0,
  /** @type {string | null} names of the field that is pinned; null for the one that the event opens with */
  field: null,
  /** @type {number | null} the pinned byte, counted in the event's wire bytes */
  byte: null,
  /** in which space the reader pinned it */
  space: "wire",
  /** @type {"first" | "last" | null} which end of the event to pin once it is shown */
  edge: null,
  /** @type {import("./types.js").Cursor | null} what is marked now, as the explanation on the page has resolved it */
  cursor: null,
  /** the space whose bytes are shown */
  lens: "wire",
  /** @type {import("./types.js").Unit} what one step is */
  unit: "event",
  more: false,
  /** @type {{steps: (number | null)[], values: Record<string, string>}} */
  binding: { steps: [], values: {} },
  /** @type {import("./types.js").Seen[]} what this page's own WebSocket did */
  seen: [],
  readyState: 3,
  /** @type {string} */
  error: "",
};

/** @typedef {typeof initial} State */
/** @typedef {keyof State} Key */

class Store {
  /** @type {State} */
  state = { ...initial };
  /** @type {Set<Key>} */
  #dirty = new Set();
  /** @type {{keys: Set<Key>, draw: (state: State) => void}[]} */
  #listeners = [];
  #waiting = false;

  /** Change something; listeners are told once, before the next frame is painted. @param {Partial<State>} patch */
  set(patch) {
    for (const key of /** @type {Key[]} */ (Object.keys(patch))) {
      if (this.state[key] !== patch[key]) this.#dirty.add(key);
    }
    Object.assign(this.state, patch);
    if ("events" in patch || "held" in patch) {
      this.state.rungs = rungsOf(this.state.events, this.state.held);
      this.#dirty.add("rungs");
    }
    if (this.#dirty.size && !this.#waiting) {
      this.#waiting = true;
      requestAnimationFrame(() => this.#flush());
    }
  }

  #flush() {
    this.#waiting = false;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const { keys, draw } of this.#listeners) {
      if ([...dirty].some((key) => keys.has(key))) draw(this.state);
    }
  }

  /** Call `draw` when one of `keys` changed. @param {Key[]} keys @param {(state: State) => void} draw */
  on(keys, draw) {
    this.#listeners.push({ keys: new Set(keys), draw });
  }
}

export const store = new Store();
