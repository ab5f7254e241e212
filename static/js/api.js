// @ts-check
/** Requests to our own server. A failure becomes an Error with one sentence a reader can act on. */
import { t } from "./words.js";

let key = "";

/** The session key for commands. It stays in this module and in one request header. @param {string} value */
export function useKey(value) {
  key = value;
}

export const sessionKey = () => key;

/**
 * @param {string} path
 * @param {{method?: string, body?: unknown, signal?: AbortSignal, as?: "json" | "text"}} [options]
 * @returns {Promise<any>}
 */
export async function call(path, { method = "GET", body, signal, as = "json" } = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Authorization"] = `Bearer ${key}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: text, signal }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Error(t("js.error.unreachable"));
  });
  if (answer.ok) return as === "text" ? answer.text() : answer.json();
  const told = await answer.json().then((value) => String(value.error ?? ""), () => "");
  throw new Error(told || t("js.error.status", { status: answer.status }));
}

/** @param {string} path @param {unknown} body */
export const post = (path, body) => call(path, { method: "POST", body });
