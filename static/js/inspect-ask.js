// @ts-check
/** Asking the server about the bytes on the page. It keeps them for some minutes under their hash; the page keeps them
 * as long as it is open, and hands them in again when the server has forgotten them. */
import { fragment } from "./dom.js";
import { t } from "./words.js";

/**
 * What is asked about. `of` is the hash under which the server knows the bytes.
 * @typedef {{body: Uint8Array<ArrayBuffer> | string, packed: boolean, of: string, connection: string, beside: string,
 *   seq: string, start: string, search: string, edits: string[], from: string, side: string, compressed: string, more: string, place: string}} Question
 */

const PATIENCE = 240_000;
const GONE = 410;
const BUSY = 503;

/** @returns {Question} */
export const blank = () => ({
  body: "",
  packed: false,
  of: "",
  connection: "",
  beside: "",
  seq: "",
  start: "",
  search: "",
  edits: [],
  from: "",
  side: "",
  compressed: "",
  more: "",
  place: "",
});

/** @param {Question} question @param {Record<string, string>} extra */
function query(question, extra) {
  const { of, connection, beside, seq, start, search, from, side, compressed, more, place } = question;
  const edits = question.edits.join(";");
  /** @type {Record<string, string>} */
  const said = { of, connection, beside, seq, start, search, from, side, compressed, more, place, edits, ...extra };
  if (question.packed) said.packed = "1";
  return new URLSearchParams(Object.entries(said).filter(([, value]) => value !== "")).toString();
}

/**
 * @param {string} path
 * @param {Question} question
 * @param {Record<string, string>} extra
 * @param {AbortSignal} [signal]
 * @param {(text: string) => void} [say] what takes long
 * @returns {Promise<Response>}
 */
export async function send(path, question, extra, signal, say = () => {}) {
  const began = performance.now();
  for (;;) {
    const body = question.of ? undefined : question.body;
    const headers = { "Content-Type": typeof question.body === "string" ? "text/plain" : "application/octet-stream" };
    const answer = await fetch(`${path}?${query(question, extra)}`, { method: "POST", body, headers, signal }).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new Error(t("js.error.unreachable"));
    });
    if (answer.ok) return answer;
    if (answer.status === GONE && question.of) {
      question.of = "";
    } else if (answer.status === BUSY && performance.now() - began < PATIENCE) {
      say(t("js.inspect.again"));
      await new Promise((done) => setTimeout(done, Number(answer.headers.get("Retry-After") ?? 2) * 1000));
    } else {
      const told = await answer.json().then((value) => String(value.error ?? ""), () => "");
      throw new Error(told || t("js.error.status", { status: answer.status }));
    }
  }
}

/**
 * The answer as a fragment; the question learns under which hash the server knows the bytes.
 * @param {Question} question
 * @param {AbortSignal} signal
 * @param {(text: string) => void} say
 */
export async function ask(question, signal, say) {
  const answer = await send("/inspect", question, { part: "result" }, signal, say);
  const result = fragment(await answer.text());
  question.of = result.dataset.of ?? "";
  return result;
}
