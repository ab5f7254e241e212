// @ts-check
/** The words of the page, from the catalogue that the server put on the body. */

/** @type {Record<string, string>} */
const WORDS = JSON.parse(document.body.dataset.words || "{}");

/**
 * The sentence for a key, with `{name}` filled in. An unknown key shows itself, so that it is noticed.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {string} key */
export const has = (key) => key in WORDS;
