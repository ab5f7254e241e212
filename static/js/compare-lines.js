// @ts-check
/** The browser's end of each transport: `say` sends a message (or asks for one), `heard` is called with what arrives. */
import { post } from "./api.js";

/**
 * @typedef {object} Where
 * @property {string} base  host, port and run of the lab's listener
 * @property {string} row
 * @property {boolean} cookies
 * @property {boolean} ordered
 * @property {boolean} [tls]
 * @property {(payload: string) => void} heard
 *
 * @typedef {object} Line
 * @property {(payload: string) => Promise<void> | void} say
 * @property {() => void} close
 */

const OPEN_MS = 8000;

/** @param {Where} where @param {string} what @param {RequestInit} [options] */
async function http(where, what, options = {}) {
  const credentials = where.cookies ? "include" : "omit";
  const answer = await fetch(`http://${where.base}/${where.row}/${what}`, { credentials, ...options });
  if (!answer.ok) throw new Error(`The lab answered ${answer.status}.`);
  return answer.status === 204 ? "" : answer.text();
}

/** @param {string} body @param {Where} where */
function tell(body, where) {
  if (body) for (const message of body.split("\n")) where.heard(message);
}

/** @param {Where} where @returns {Line} */
const poll = (where) => ({
  say: async () => tell(await http(where, "message"), where),
  close: () => {},
});

/** @param {Where} where @returns {Line} */
const send = (where) => ({
  say: async (payload) => {
    await http(where, "message", { method: "POST", body: payload });
  },
  close: () => {},
});

/** @param {Where} where @returns {Line} */
function long(where) {
  const stop = new AbortController();
  const ask = async () => {
    while (!stop.signal.aborted) tell(await http(where, "wait", { signal: stop.signal }), where);
  };
  ask().catch(() => {}); // the line was closed
  return { say: () => {}, close: () => stop.abort() };
}

/**
 * Wait for one event, or fail.
 * @param {EventTarget} target @param {string} good @param {string} bad
 */
function opened(target, good, bad) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("It did not open in time.")), OPEN_MS);
    target.addEventListener(good, () => (clearTimeout(timer), resolve(undefined)), { once: true });
    target.addEventListener(bad, () => (clearTimeout(timer), reject(new Error("It could not be opened."))), { once: true });
  });
}

/** @param {Where} where @returns {Promise<Line>} */
async function stream(where) {
  const source = new EventSource(`http://${where.base}/${where.row}/stream`, { withCredentials: where.cookies });
  source.addEventListener("message", (event) => where.heard(event.data));
  await opened(source, "open", "error");
  // The lab ends the stream with the row; without this the browser would come back by itself.
  source.addEventListener("error", () => source.close());
  return { say: () => {}, close: () => source.close() };
}

/** @param {Where} where @returns {Promise<Line>} */
async function socket(where) {
  const line = new WebSocket(`${where.tls ? "wss" : "ws"}://${where.base}/${where.row}/socket`);
  line.addEventListener("message", (event) => where.heard(event.data));
  await opened(line, "open", "close");
  return { say: (payload) => line.send(payload), close: () => line.close() };
}

/** @param {Where} where @returns {Promise<Line>} */
async function channel(where) {
  const peer = new RTCPeerConnection({ iceServers: [] });
  const line = peer.createDataChannel("lab", where.ordered ? {} : { ordered: false, maxRetransmits: 0 });
  line.addEventListener("message", (event) => where.heard(event.data));
  const ready = opened(line, "open", "close");
  try {
    await peer.setLocalDescription(await peer.createOffer());
    const sdp = await http(where, "offer", { method: "POST", body: peer.localDescription?.sdp ?? "" });
    await peer.setRemoteDescription({ type: "answer", sdp });
    await ready;
  } catch (error) {
    ready.catch(() => {}); // told already
    peer.close();
    throw error;
  }
  return { say: (payload) => line.send(payload), close: () => peer.close() };
}

/** @type {Record<string, (where: Where) => Line | Promise<Line>>} */
export const LINES = { poll, post: send, long, stream, socket, channel };

/**
 * How this page's clock relates to the run's: asked often, the quickest answer counts.
 * @param {string} base
 * @returns {Promise<{run: (ms: number) => number, page: (ns: number) => number, error: number}>}
 */
export async function setClock(base) {
  const line = new WebSocket(`ws://${base}/clock/socket`);
  await opened(line, "open", "close");
  let best = Infinity;
  let offset = 0;
  for (let round = 0; round < 40; round++) {
    const asked = performance.now();
    line.send("clock");
    const told = await new Promise((resolve) =>
      line.addEventListener("message", (event) => resolve(Number(event.data)), { once: true })
    );
    const took = performance.now() - asked;
    if (took < best) {
      best = took;
      offset = Number(told) - (asked + took / 2) * 1e6;
    }
  }
  line.close();
  return { run: (ms) => Math.round(ms * 1e6 + offset), page: (ns) => (ns - offset) / 1e6, error: best / 2 };
}

/**
 * Set the run's cookie, on a connection that no row counts.
 * @param {string} base
 */
export const setCookie = (base) =>
  http({ base, row: "clock", cookies: true, ordered: true, heard: () => {} }, "cookie");

/** Message number `index`, byte for byte as the server makes it. @param {number} index @param {number} size */
export function message(index, size) {
  let text = String(index).padStart(4, "0");
  for (let step = 0; text.length < size; step++) {
    const seed = Math.imul(index * 7919 + step * 104729 + 12345, 2654435761) >>> 0;
    text += ` {"id":${seed % 97},"bid":${seed % 9973},"ask":${seed % 8191}}`;
  }
  return text.slice(0, size);
}

/** @param {string} run @param {string} rest @param {unknown} [body] */
export const lab = (run, rest, body = {}) => post(`/api/compare/runs/${run}/${rest}`, body);
