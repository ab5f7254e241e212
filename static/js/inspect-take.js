// @ts-check
/** Taking something away: links that hold their data in the fragment, exports, what goes to the clipboard. */
import { find, h } from "./dom.js";
import { send } from "./inspect-ask.js";
import { t } from "./words.js";

/** @typedef {import("./inspect.js").Inspect} Inspect */

/** Redacted unless the reader says otherwise. @param {Inspect} page */
function redact(page) {
  const box = /** @type {HTMLInputElement | null} */ (find("[name=redact]", page));
  return { redact: box && !box.checked ? "no" : "yes" };
}

/** @param {Inspect} page @param {string} kind */
const fetched = (page, kind) => send(`/inspect/export/${kind}`, page.question, redact(page));

/** @param {Inspect} page @param {string} text */
function say(page, text) {
  const place = find(".said", page);
  if (place) place.textContent = text;
}

/** @param {Inspect} page @param {string} kind @param {(text: string) => string} [form] */
async function copy(page, kind, form = (text) => text) {
  const text = form(await (await fetched(page, kind)).text());
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  say(page, done ? t(kind === "link" ? "js.inspect.link" : "js.copied") : t("js.copy-failed"));
}

/** @param {Inspect} page @param {string} kind */
async function save(page, kind) {
  const answer = await fetched(page, kind);
  const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? kind;
  const href = URL.createObjectURL(await answer.blob());
  const link = h("a", { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** @param {Inspect} page @param {string} packed */
function address(page, packed) {
  const { from, side, compressed } = page.question;
  const said = new URLSearchParams(Object.entries({ d: packed, from, side, compressed }).filter(([, value]) => value));
  return `${location.origin}/inspect#${said}`;
}

/** @param {Inspect} page */
export function listenTake(page) {
  page.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const action = /** @type {HTMLElement | null} */ (target?.closest("[data-do]") ?? null)?.dataset.do;
    const kind = /** @type {HTMLElement | null} */ (target?.closest("[data-export]") ?? null)?.dataset.export;
    try {
      if (action === "link") await copy(page, "link", (text) => address(page, text));
      if (action === "python" || action === "markdown") await copy(page, action);
      if (kind) await save(page, kind);
    } catch (error) {
      page.tell(/** @type {Error} */ (error).message);
    }
  });
}
