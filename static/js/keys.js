// @ts-check
/** The keyboard: one table. Single letters act outside fields only, and can be switched off (WCAG 2.1.4). */
import { select } from "./cursor.js";
import { find, memory } from "./dom.js";
import { toggleHold } from "./gate.js";
import { gridKey } from "./grid.js";
import { store } from "./store.js";
import { show, STEPS } from "./transport.js";
import { t } from "./words.js";

const LETTERS_OFF = "ss-letters-off";

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowRight: STEPS.next,
  ArrowLeft: STEPS.prev,
  Home: STEPS.first,
  End: STEPS.last,
  Escape: () => select(null),
};

/** @type {Record<string, () => void>} keys that print something, and so can be switched off */
const LETTERS = {
  ".": STEPS.next,
  ",": STEPS.prev,
  " ": toggleHold,
  g: openGoto,
  "?": openKeys,
  "1": () => focusPane("read", ".lesson"),
  "2": () => focusPane("talk", ".rung.cur .lane"),
  "3": () => focusPane("bits", 'ss-scope [tabindex="0"]'),
};

/** @param {string} pane @param {string} selector */
function focusPane(pane, selector) {
  show(pane);
  find(selector)?.focus();
}

const lettersOn = () => memory.get(LETTERS_OFF) !== "1";

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  if (event.defaultPrevented || gridKey(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  if (event.key === " " && target.closest("button, summary, [role=button]")) return;
  const action = KEYS[event.key] ?? (lettersOn() ? LETTERS[event.key] : undefined);
  if (!action) return;
  event.preventDefault();
  action();
}

/** @param {string} selector @returns {HTMLDialogElement | null} */
const dialog = (selector) => /** @type {HTMLDialogElement | null} */ (find(selector));

function openKeys() {
  const box = dialog("dialog.keys");
  const letters = /** @type {HTMLInputElement | null} */ (find("input", box ?? document));
  if (letters) letters.checked = lettersOn();
  box?.showModal();
}

function openGoto() {
  const box = dialog("dialog.goto");
  const label = find("label", box ?? document);
  if (label) label.textContent = t("js.goto.label", { last: Math.max(0, scope().size - 1) });
  box?.showModal();
}

const scope = () => /** @type {import("./scope.js").Scope} */ (find("ss-scope"));

/** @param {SubmitEvent} event */
function jump(event) {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (find("dialog.goto input"));
  const text = input.value.trim();
  const byte = text === "" ? NaN : Number(text);
  const good = Number.isInteger(byte) && byte >= 0 && byte < scope().size;
  input.toggleAttribute("aria-invalid", !good);
  if (!good) return;
  dialog("dialog.goto")?.close();
  input.value = "";
  scope().goto(byte);
}

export function listenKeys() {
  document.addEventListener("keydown", onKey);
  find("dialog.goto form")?.addEventListener("submit", (event) => jump(/** @type {SubmitEvent} */ (event)));
  find("dialog.keys input")?.addEventListener("change", (event) => {
    memory.set(LETTERS_OFF, /** @type {HTMLInputElement} */ (event.target).checked ? "0" : "1");
  });
  for (const opener of document.querySelectorAll("[data-opens=keys]")) opener.addEventListener("click", openKeys);
  store.on(["source"], ({ source }) => {
    const hint = find(".kbd-hold");
    if (hint) hint.hidden = source !== "live";
  });
}
