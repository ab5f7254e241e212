// @ts-check
/** "Go to byte": a number, or row and byte as `4.12`; 0x for hexadecimal. */
import { goIndex, index } from "./cursor.js";
import { find } from "./dom.js";
import { store } from "./store.js";
import { t } from "./words.js";

const scope = () => /** @type {import("./scope.js").Scope} */ (find("ss-scope"));
const dialog = () => /** @type {HTMLDialogElement} */ (find("dialog.goto"));
/** @type {number | null} a byte of a row that is still being fetched */
let waiting = null;

export function openGoto() {
  const label = find("label", dialog());
  if (label) label.textContent = t("js.goto.label", { last: Math.max(0, scope().size - 1) });
  dialog().showModal();
}

/** @param {string} text @returns {[row: number | null, byte: number] | null} */
function parse(text) {
  const match = /^(?:(\d+)\.)?(0x[0-9a-f]+|\d+)$/i.exec(text.trim());
  return match ? [match[1] === undefined ? null : Number(match[1]) - 1, Number(match[2])] : null;
}

/** Whether there is such a place; goes there if so. @param {string} text */
function jump(text) {
  const [row, byte] = parse(text) ?? [null, -1];
  const size = row === null ? scope().size : store.state.rungs[row]?.size ?? 0;
  if (byte < 0 || byte >= size) return false;
  if (row === null || row === index()) scope().goto(byte);
  else {
    waiting = byte;
    goIndex(row);
  }
  return true;
}

export function listenGoto() {
  const input = /** @type {HTMLInputElement} */ (find("input", dialog()));
  find("form", dialog())?.addEventListener("submit", (event) => {
    event.preventDefault();
    const good = jump(input.value);
    input.toggleAttribute("aria-invalid", !good);
    if (!good) return;
    dialog().close();
    input.value = "";
  });
  document.addEventListener("ss-shown", () => {
    const byte = waiting;
    waiting = null;
    if (byte !== null) scope().goto(byte);
  });
}
