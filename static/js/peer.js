// @ts-check
/** This page's own WebSocket: the client that the reader watches. It follows the lesson's plan, then the composer. */
import { store } from "./store.js";

/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").Seen} Seen */

/** @type {WebSocket | null} */
let socket = null;

/** @param {Seen["what"]} what @param {string} text */
function saw(what, text) {
  const readyState = socket?.readyState ?? WebSocket.CLOSED;
  store.set({ seen: [...store.state.seen, { what, readyState, text }], readyState });
}

/** @param {unknown} data */
const shown = (data) => (typeof data === "string" ? JSON.stringify(data) : `${/** @type {ArrayBuffer} */ (data).byteLength} B`);

/** @param {string} digits */
const bytes = (digits) => Uint8Array.from(digits.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16));

/** One thing of a plan. @param {Action} step */
function act(step) {
  if (step.do === "send") send((step.text ?? "").repeat(step.times ?? 1));
  if (step.do === "binary") send(bytes(step.hex ?? ""));
  if (step.do === "close") close(step.code, step.reason);
}

/**
 * @param {string} url
 * @param {Action[]} plan
 * @param {string[]} [protocols] the subprotocols to offer
 */
export function connect(url, plan, protocols = []) {
  const mine = new WebSocket(url, protocols);
  mine.binaryType = "arraybuffer";
  socket = mine;
  store.set({ seen: [], readyState: mine.readyState });
  saw("new", url);
  const steps = [...plan];
  let messages = 0;
  let resting = false;
  const advance = () => {
    while (steps.length && !resting && socket === mine && mine.readyState === WebSocket.OPEN) {
      const step = steps[0];
      if (step.do === "wait" && messages < (step.messages ?? 1)) return;
      steps.shift();
      if (step.do === "idle") {
        resting = true;
        setTimeout(() => {
          resting = false;
          advance();
        }, (step.seconds ?? 0) * 1000);
      } else act(step);
    }
  };
  mine.onopen = () => {
    saw("open", "");
    advance();
  };
  mine.onmessage = (event) => {
    messages += 1;
    if (socket === mine) saw("message", shown(event.data));
    advance();
  };
  mine.onerror = () => socket === mine && saw("error", "");
  mine.onclose = (event) => socket === mine && saw("close", `${event.code} ${event.reason}`.trim());
}

export const canSend = () => socket?.readyState === WebSocket.OPEN;

/** @param {string | Uint8Array<ArrayBuffer>} data */
export function send(data) {
  socket?.send(data);
  saw("send", typeof data === "string" ? JSON.stringify(data) : `${data.length} B`);
}

/** Throws when the browser does not allow the code or the reason. @param {number} [code] @param {string} [reason] */
export function close(code, reason) {
  if (code === undefined) socket?.close();
  else socket?.close(code, reason);
  saw("closing", [code, reason && JSON.stringify(reason)].filter(Boolean).join(", "));
}
