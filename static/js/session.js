// @ts-check
/** The live session: opening it, taking its news, holding and letting through. */
import { call, post, useKey } from "./api.js";
import { countNews, rungOfStep } from "./cursor.js";
import { find } from "./dom.js";
import { Feed } from "./feed.js";
import { connect } from "./peer.js";
import { store } from "./store.js";

/** @typedef {import("./types.js").WireEvent} WireEvent */
/** @typedef {import("./types.js").Connection} Connection */

const EXTEND = 15;
const NOTHING = { connection: null, events: [], held: [], at: null, field: null, byte: null, seenRows: 0, news: 0, binding: { steps: [], values: {} } };

/** @type {Map<string, Map<number, WireEvent>>} events by connection and seq */
const known = new Map();
let url = "";
let awaited = false;
let met = "";

/** Runs something that may fail, and says so on the page instead of nowhere. @param {() => Promise<unknown>} work */
export async function attempt(work) {
  try {
    store.set({ error: "" });
    await work();
  } catch (error) {
    store.set({ error: /** @type {Error} */ (error).message });
  }
}

/** Opens a new session and this page's own connection in it. @param {boolean} [hold] */
export function openOwn(hold = false) {
  return attempt(async () => {
    if (!store.state.session) {
      const { id, key, ws_url } = await post("/api/sessions", {});
      useKey(key);
      url = ws_url;
      await follow(id);
    }
    if (hold) await setMode("hold");
    const { app, plan, protocols, play } = find("#main")?.dataset ?? {};
    store.set({ ...NOTHING, own: null });
    if (plan || !play) {
      awaited = true;
      connect(app ? `${url}?app=${app}` : url, JSON.parse(plan ?? "[]"), protocols?.split(" ").filter(Boolean));
    }
    // What no browser would do, a client on the server does: over real connections too.
    const slug = find("ss-lesson")?.dataset.slug;
    if (play && slug) await post(`/api/sessions/${store.state.session}/script`, { lesson: slug, parts: play });
  });
}

/** Follows a session that exists. @param {string} id @param {string} [address] */
export async function follow(id, address) {
  if (address) url = address;
  store.set({ ...NOTHING, source: "live", session: id });
  await new Feed(id, { news: take, state: (feed) => store.set({ feed }) }).open();
}

/** @param {any[]} news @param {boolean} gap */
function take(news, gap) {
  for (const item of news) {
    if (item.kind === "connection") takeConnection(item.connection);
    else if (item.kind === "events") takeEvents(item.connection, item.events, item.last_seq);
    else if (item.kind === "held") takeHeld(item);
  }
  if (gap) for (const { id } of store.state.connections) fetchEvents(id);
}

/** @param {Connection} connection */
function takeConnection(connection) {
  const { connections, connection: shown } = store.state;
  const old = connections.some((one) => one.id === connection.id);
  store.set({ connections: old ? connections.map((one) => (one.id === connection.id ? connection : one)) : [...connections, connection] });
  // The first connection that appears after this page asked for one is this page's own.
  const mine = !old && awaited;
  if (mine) {
    awaited = false;
    store.set({ own: connection.id });
  }
  if (mine || shown === null) choose(connection.id);
  else if (shown === connection.id) store.set({ held: connection.held, heldAt: performance.now() });
}

/** Shows another connection of the session. @param {string} id */
export function choose(id) {
  const connection = store.state.connections.find((one) => one.id === id);
  store.set({ connection: id, held: connection?.held ?? [], heldAt: performance.now(), at: null, field: null, byte: null, seenRows: 0 });
  show(id);
}

/** @param {string} id @param {WireEvent[] | null} events @param {number} [last] */
function takeEvents(id, events, last) {
  if (events === null) {
    fetchEvents(id, last);
    return;
  }
  const log = known.get(id) ?? new Map();
  known.set(id, log);
  for (const event of events) log.set(event.seq, event);
  if (id === store.state.connection) show(id);
}

/** Fills in what the feed left out. @param {string} id @param {number} [last] */
async function fetchEvents(id, last) {
  const after = Math.max(-1, ...known.get(id)?.keys() ?? []);
  if (last !== undefined && last <= after) return;
  await attempt(async () => {
    const { events, more } = await call(`/api/sessions/${store.state.session}/events?connection=${id}&after=${after}`);
    if (events.length) takeEvents(id, events);
    if (more) fetchEvents(id, last);
  });
}

/** @param {{connection: string, mode: "run" | "hold", held: import("./types.js").Held[]}} item */
function takeHeld({ connection, mode, held }) {
  const { connections, connection: shown } = store.state;
  store.set({ mode, connections: connections.map((one) => (one.id === connection ? { ...one, held } : one)) });
  if (connection === shown) {
    store.set({ held, heldAt: performance.now() });
    settle();
  }
}

/** @param {string} id */
function show(id) {
  store.set({ events: [...known.get(id)?.values() ?? []].sort((a, b) => a.seq - b.seq) });
  settle();
}

/** Where the cursor stands when the conversation grows: on what is held, at the tail when following, else where it was. */
export function settle() {
  land();
  const { rungs, at, seenRows } = store.state;
  store.set({ seenRows: Math.max(seenRows, rungs.findIndex((rung) => rung.key === at) + 1) });
  countNews();
}

function land() {
  const { rungs, held, at, follow: tail } = store.state;
  const waiting = rungs.find((rung) => rung.held && rung.held.n === held[0]?.n);
  const name = `${store.state.connection} ${held[0]?.n}`;
  if (waiting && name !== met) {
    met = name; // once: afterwards the reader may look elsewhere while it waits
    return store.set({ at: waiting.key, field: null, byte: null });
  }
  const gone = at !== null && !rungs.some((rung) => rung.key === at);
  if (tail || gone) return store.set({ at: rungs.at(-1)?.key ?? null });
  if (at === null) {
    const wanted = Number(find(".lesson section.cur")?.dataset.step ?? 1);
    const rung = rungOfStep(wanted) ?? (wanted === 1 || !find(".lesson [data-step]") ? rungs[0] : null);
    if (rung) store.set({ at: rung.key });
  }
}

/** @param {"run" | "hold" | "step"} mode @param {number} [extend] seconds */
async function setMode(mode, extend) {
  const { session } = store.state;
  const body = extend ? { mode, extend } : { mode };
  takePolicy(await post(`/api/sessions/${session}/gate`, mode === "hold" ? { ...store.state.policy, ...body } : body));
}

/** What the server answered: how it holds now, and what is held, whose next piece may have changed.
 * @param {import("./types.js").Policy & {mode: string, connections: {id: string, held: import("./types.js").Held[]}[]}} answer */
function takePolicy({ mode, unit, when, connections }) {
  const now = mode === "run" ? "run" : "hold";
  store.set({ mode: now, policy: { unit, when } });
  for (const { id, held } of connections) takeHeld({ connection: id, mode: now, held });
}

/** Holds in another way, from now on. @param {import("./types.js").Policy} policy */
export const holdBy = (policy) => {
  store.set({ policy });
  return hold();
};
export const hold = () => attempt(() => setMode("hold"));
export const run = () => attempt(() => setMode("run"));
export const release = () => attempt(() => setMode("step"));
export const keepHolding = () => attempt(() => setMode("hold", EXTEND));
