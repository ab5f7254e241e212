// @ts-check
/** Marks the one cursor in the explanation that is shown, and says where it is. Nothing here scrolls or moves. */
import { ofField } from "./bus.js";
import { all, find } from "./dom.js";
import { rove } from "./grid.js";
import { store } from "./store.js";

/** @typedef {import("./types.js").Cursor} Cursor */

/** The fields of an explanation in order, each with its place. @param {HTMLElement} root */
export const fieldsOf = (root) =>
  all(".readout[data-for]", root).map((part) => ({
    names: (part.dataset.for ?? "").split(" "),
    bit: Number(part.dataset.bit),
    bits: Number(part.dataset.bits),
    part,
  }));

/** The field that is open: the pinned one, else the one the lesson is about, else the server's choice. @param {HTMLElement} root */
function openField(root) {
  const { field, more } = store.state;
  const wanted = field ?? find(".lesson section.cur")?.dataset.field ?? "";
  const simple = !more && !field && wanted === "payload";
  if (wanted && !simple && ofField(wanted, root).length) return wanted;
  return (more ? root.dataset.default : root.dataset.defaultBasic) ?? "";
}

/** Masked bytes open with the first one worked out. @param {HTMLElement} root @param {string} field */
function openByte(root, field) {
  const step = find(".lesson section.cur");
  if (step?.dataset.byte && step.dataset.field === field && !store.state.field) return Number(step.dataset.byte);
  const column = find(`[data-for~="${CSS.escape(field.split(" ")[0])}"] [data-at]`, root);
  return column ? Number(column.dataset.at) : null;
}

/** Where the cursor is, in bits of its space. @param {HTMLElement} root @param {string} field @param {number | null} byte @returns {Cursor} */
function place(root, field, byte) {
  const { at, space } = store.state;
  const pinned = store.state.field !== null || store.state.byte !== null;
  const part = fieldsOf(root).find(({ names }) => names.includes(field.split(" ")[0]));
  let [bit, bits] = [part?.bit ?? 0, part?.bits ?? 0];
  if (byte !== null) {
    const end = Math.min(byte * 8 + 8, bit + bits);
    bit = Math.max(byte * 8, bit);
    bits = Math.max(end - bit, 0) || 8;
  }
  const origin = JSON.parse(root.dataset.origins ?? "{}")[space];
  return { event: at ?? "", space, bit: origin === undefined ? bit : bit - origin * 8, bits, field, pinned };
}

/** @param {HTMLElement} root @returns {Cursor} */
export function mark(root) {
  const field = openField(root);
  let { byte } = store.state;
  if (byte === null && store.state.more) byte = openByte(root, field);
  for (const old of all(".sel, .selb, .at, .on", root)) {
    if (!old.closest(".d-ops, .d-len, .on-path")) old.classList.remove("sel", "selb", "at", "on");
  }
  const mine = new Set(ofField(field, root));
  for (const part of mine) part.classList.add("sel");
  for (const part of byte === null ? [] : all(`[data-b="${byte}"]`, root)) {
    if (mine.has(part) || part.matches(".hex *")) part.classList.add("selb");
  }
  for (const part of all("[data-for]", root)) part.hidden = !(part.dataset.for ?? "").split(" ").includes(field.split(" ")[0]);
  column(root, byte);
  rows(root, field, byte);
  return place(root, field, byte);
}

/** The one sum that is worked out bit by bit; the others wait in templates. @param {HTMLElement} root @param {number | null} byte */
function column(root, byte) {
  for (const close of all("[data-for]:not([hidden]) .by-column", root)) {
    const sums = all("[data-at]", close);
    const chosen = sums.find((one) => Number(one.dataset.at) === byte) ?? sums[0];
    if (chosen instanceof HTMLTemplateElement) find(".sum-shown", close)?.replaceChildren(chosen.content.cloneNode(true));
    for (const cell of all(`[data-col="${chosen?.dataset.at}"]`, close)) cell.classList.add("at");
  }
}

/** The one row of bits of a first visit, and the cell that Tab reaches. @param {HTMLElement} root @param {string} field @param {number | null} byte */
function rows(root, field, byte) {
  for (const bits of all(".bits, .hex", root)) {
    const cells = ofField(field, bits).filter((cell) => cell.matches('[role="gridcell"]'));
    const cell = cells.find((one) => Number(one.dataset.b) === byte) ?? cells[0] ?? find('[role="gridcell"]', bits);
    if (!cell) continue;
    rove(bits, cell);
    const row = cell.closest(".b-row");
    row?.classList.add("on");
    for (const button of all("[data-row]", bits)) {
      button.setAttribute("aria-pressed", String(button.dataset.row === row?.getAttribute("data-offset")));
    }
  }
}
