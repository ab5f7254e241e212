// @ts-check
/** Small helpers for building and finding elements. Text from the wire only ever becomes text nodes. */

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite that every page carries. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `ic i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement | null}
 */
export const find = (selector, root = document) => root.querySelector(selector);

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement[]}
 */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)].map((e) => /** @type {HTMLElement} */ (e));

/** @type {{createHTML(text: string): string} | undefined} */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("socketscope", {
  createHTML: (/** @type {string} */ text) => text,
});

/** The element in a fragment that our own server rendered. Scripts in it do not run. @param {string} html */
export function fragment(html) {
  const trusted = policy ? policy.createHTML(html) : html;
  const parsed = new DOMParser().parseFromString(/** @type {string} */ (trusted), "text/html");
  const first = parsed.body.firstElementChild;
  if (!first) throw new Error("the server sent an empty fragment");
  return /** @type {HTMLElement} */ (document.importNode(first, true));
}

/** localStorage that may be blocked. */
export const memory = {
  /** @param {string} key */
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  /** @param {string} key @param {string} value */
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Nothing is remembered then; that is what the reader asked the browser for.
    }
  },
};
