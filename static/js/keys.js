// @ts-check
/** The keyboard: one table. Single letters act outside fields only, and can be switched off (WCAG 2.1.4). */
import { select } from "./cursor.js";
import { find, memory } from "./dom.js";
import { toggleHold } from "./gate.js";
import { listenGoto, openGoto } from "./goto.js";
import { gridKey } from "./grid.js";
import { nextView, toggleBits, toggleLens } from "./lens.js";
import { leave, presenting, spotlight, togglePresent } from "./present.js";
import { seek, step } from "./step.js";
import { store } from "./store.js";
import { show, STEPS } from "./transport.js";

const LETTERS_OFF = "ss-letters-off";
const broken = (/** @type {import("./types.js").Rung} */ rung) => rung.violations.some((v) => v.severity === "error");

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowRight: STEPS.next,
  ArrowLeft: STEPS.prev,
  Home: STEPS.first,
  End: STEPS.last,
  Escape: () => (store.state.field === null && store.state.byte === null && presenting() ? leave() : select(null)),
};

/** @type {Record<string, () => void>} keys of a presentation: those of a presenter's remote, and the spotlight's */
const ON_STAGE = {
  PageDown: () => step(1, "event"),
  PageUp: () => step(-1, "event"),
  ArrowDown: () => spotlight(1),
  ArrowUp: () => spotlight(-1),
};

/** @type {Record<string, () => void>} keys that print something, and so can be switched off */
const LETTERS = {
  ".": STEPS.next,
  ",": STEPS.prev,
  ">": () => step(1, "byte"),
  "<": () => step(-1, "byte"),
  "]": () => step(1, "frame"),
  "[": () => step(-1, "frame"),
  " ": toggleHold,
  b: toggleBits,
  m: toggleLens,
  z: nextView,
  g: openGoto,
  n: () => void seek(1, broken),
  N: () => void seek(-1, broken),
  r: openClause,
  f: togglePresent,
  t: () => find("ss-theme button")?.click(),
  "?": openKeys,
  "1": () => focusPane("read", ".lesson"),
  "2": () => focusPane("talk", ".rung.cur .lane"),
  "3": () => focusPane("bits", 'ss-scope [tabindex="0"]'),
};

/** The clause of the RFC that the open field comes from. */
function openClause() {
  find("ss-scope .diag .clause, ss-scope .close:not([hidden]) .close-h a")?.click();
}

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
  if (target.closest("input, textarea, select, dialog, [contenteditable], [popover], ss-bytes")) return;
  if (event.key === " " && target.closest("button, summary, [role=button]")) return;
  const action = (presenting() && ON_STAGE[event.key]) || KEYS[event.key] || (lettersOn() && LETTERS[event.key]);
  if (!action) return;
  event.preventDefault();
  action();
}

function openKeys() {
  const box = /** @type {HTMLDialogElement | null} */ (find("dialog.keys"));
  const letters = /** @type {HTMLInputElement | null} */ (find("input", box ?? document));
  if (letters) letters.checked = lettersOn();
  box?.showModal();
}

export function listenKeys() {
  document.addEventListener("keydown", onKey);
  listenGoto();
  find("dialog.keys input")?.addEventListener("change", (event) => {
    memory.set(LETTERS_OFF, /** @type {HTMLInputElement} */ (event.target).checked ? "0" : "1");
  });
  for (const opener of document.querySelectorAll("[data-opens=keys]")) opener.addEventListener("click", openKeys);
}
