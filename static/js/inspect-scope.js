// @ts-check
/** The chosen unit: marking fields and bytes, and editing them. What an edit means is worked out by the server. */
import { listen, ofField } from "./bus.js";
import { all, find, h } from "./dom.js";
import { gridKey, rove } from "./grid.js";
import { drawLens, listenLens } from "./inspect-lens.js";
import { t } from "./words.js";

/** @typedef {import("./inspect.js").Inspect} Inspect */

const WIDEST = 64;
const choice = { field: "", byte: /** @type {number | null} */ (null), unit: "" };

/** @param {Inspect} page */
const rootOf = (page) => find(".scope-w", page);

/** Marks what is chosen, after an answer or a choice. @param {Inspect} page */
export function marked(page) {
  const root = rootOf(page);
  const explain = find(".explain", page);
  if (!root || !explain) return;
  const unit = `${root.dataset.connection}:${root.dataset.seq}`;
  if (choice.unit !== unit || !ofField(choice.field, explain).length) {
    const bad = find(".hex .hb.bad", explain)?.dataset.b;
    Object.assign(choice, { unit, field: explain.dataset.default ?? "", byte: bad === undefined ? null : Number(bad) });
  }
  for (const old of all(".sel, .selb, .at", explain)) {
    if (!old.closest(".strip, .d-ops, .d-len")) old.classList.remove("sel", "selb", "at");
  }
  drawLens(explain);
  const { field, byte } = choice;
  for (const part of ofField(field, explain)) part.classList.add("sel");
  if (byte !== null) for (const part of all(`.bits [data-b="${byte}"], .hex [data-b="${byte}"]`, explain)) part.classList.add("selb");
  for (const part of all("[data-for]", explain)) part.hidden = !(part.dataset.for ?? "").split(" ").includes(field.split(" ")[0]);
  columns(explain, byte);
  for (const grid of all(".bits, .hex", explain)) {
    const cells = ofField(field, grid).filter((cell) => cell.matches('[role="gridcell"]'));
    const cell = cells.find((one) => Number(one.dataset.b) === byte) ?? cells[0];
    if (cell) rove(grid, cell);
  }
  offer(page, root, explain);
}

/** One byte of the masking arithmetic at a time. @param {HTMLElement} explain @param {number | null} byte */
function columns(explain, byte) {
  for (const close of all("[data-for]:not([hidden]) .xor", explain)) {
    const places = all("[data-at]", close);
    const chosen = places.some((one) => Number(one.dataset.at) === byte) ? String(byte) : places[0]?.dataset.at;
    for (const one of places) one.hidden = one.dataset.at !== chosen;
    for (const cell of all(`[data-col="${chosen}"]`, close)) cell.classList.add("at");
  }
}

/** First bit and number of bits of a field. @param {HTMLElement} root @param {string} field */
function bitsOf(root, field) {
  const found = (root.dataset.fields ?? "").split(" ").map((word) => word.split(":")).find(([name]) => name === field);
  return found ? { start: Number(found[1]), count: Number(found[2]) } : { start: 0, count: 0 };
}

/** A field of at most 64 bits can be given another value. @param {Inspect} page @param {HTMLElement} root @param {HTMLElement} explain */
function offer(page, root, explain) {
  find(".set", explain)?.remove();
  if (root.dataset.wire !== "1") return;
  const bits = bitsOf(root, choice.field.split(" ")[0]);
  const close = find("section.close:not([hidden])", explain);
  if (!close || !bits.count || bits.count > WIDEST) return;
  const label = find("b", close)?.textContent ?? "";
  const input = /** @type {HTMLInputElement} */ (h("input", { "aria-label": t("js.inspect.value", { label }), placeholder: "0x0", autocomplete: "off", spellcheck: "false" }));
  const say = h("span", { role: "alert" });
  const form = h("form", { class: "set" }, input, h("button", { class: "btn sm" }, t("js.inspect.set")), say);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = number(input.value);
    if (value === null || value >> BigInt(bits.count)) {
      say.textContent = t("js.inspect.unfit", { most: String((1n << BigInt(bits.count)) - 1n) });
      return;
    }
    edit(page, root, `p${Number(root.dataset.base) + bits.start}.${bits.count}.${value.toString(16)}`);
  });
  close.append(form);
}

/** @param {string} text @returns {bigint | null} */
function number(text) {
  try {
    return /^(\d+|0x[\da-f]+|0b[01]+)$/i.test(text.trim()) ? BigInt(text.trim()) : null;
  } catch {
    return null;
  }
}

/** @param {Inspect} page @param {HTMLElement} root @param {string} what */
function edit(page, root, what) {
  const word = what.includes("~") ? what : `${root.dataset.connection}~${root.dataset.side}~${what}`;
  return page.refresh({ edits: [...page.question.edits, word] });
}

/** @param {Inspect} page */
export function listenScope(page) {
  const scope = find('[data-slot="scope"]', page);
  if (!scope) return;
  scope.addEventListener("click", (event) => fix(page, event), true);
  listen(scope, (field, byte, element) => choose(page, field, byte, element));
  listenLens(scope, () => marked(page));
  scope.addEventListener("keydown", (event) => {
    if (!typed(page, event)) gridKey(event);
  });
}

/** @param {Inspect} page @param {MouseEvent} event */
function fix(page, event) {
  const target = event.target instanceof Element ? event.target : null;
  const button = /** @type {HTMLElement | null} */ (target?.closest("[data-edit]") ?? null);
  const more = target?.closest("a.more");
  const root = rootOf(page);
  if (button?.dataset.edit && root) edit(page, root, button.dataset.edit);
  if (more) {
    event.preventDefault();
    page.refresh({ more: "all" });
  }
}

/** @param {Inspect} page @param {string} field @param {number | null} byte @param {HTMLElement} element */
function choose(page, field, byte, element) {
  const root = rootOf(page);
  const cell = element.closest('.bits [role="gridcell"]');
  Object.assign(choice, { field, byte });
  if (cell && root?.dataset.wire === "1") {
    flip(page, root, /** @type {HTMLElement} */ (cell));
    return;
  }
  if (field.includes(" ") && byte !== null) choice.field = field.split(" ").at(-1) ?? field;
  marked(page);
}

/** @param {Inspect} page @param {HTMLElement} root @param {HTMLElement} cell */
async function flip(page, root, cell) {
  const row = /** @type {HTMLElement} */ (cell.closest(".b-row"));
  const place = Number(row.dataset.offset) * 8 + all('[role="gridcell"]', row).indexOf(cell);
  const grid = cell.closest(".bits.n16") ? ".bits.n16" : ".bits.n32";
  choice.unit = `${root.dataset.connection}:${root.dataset.seq}`;
  await edit(page, root, `f${Number(root.dataset.base) + place}`);
  again(page, grid, place);
}

/** The focus stays where it was, though everything was drawn anew. @param {Inspect} page @param {string} grid @param {number} place */
function again(page, grid, place) {
  const root = rootOf(page);
  for (const row of root ? all(`${grid} .b-row`, root) : []) {
    const cell = all('[role="gridcell"]', row)[place - Number(row.dataset.offset) * 8];
    if (!cell || place < Number(row.dataset.offset) * 8) continue;
    rove(/** @type {HTMLElement} */ (row.closest(".bits")), cell);
    cell.focus({ preventScroll: true });
    return;
  }
}

/** Two digits on a byte give it a new value. @param {Inspect} page @param {KeyboardEvent} event */
function typed(page, event) {
  const cell = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest('.hex [role="gridcell"]')) : null;
  const root = rootOf(page);
  const lens = /** @type {HTMLElement | null | undefined} */ (cell?.closest("[data-lens]"));
  if (!cell || (lens && lens.dataset.lens !== "wire") || root?.dataset.wire !== "1" || event.ctrlKey || event.metaKey || event.altKey || !/^[\da-f]$/i.test(event.key)) return false;
  event.preventDefault();
  const first = cell.dataset.typed;
  if (first === undefined) {
    cell.dataset.typed = event.key;
    cell.classList.add("typing");
    cell.addEventListener("blur", () => {
      delete cell.dataset.typed;
      cell.classList.remove("typing");
    }, { once: true });
    return true;
  }
  const byte = Number(cell.dataset.b);
  choice.byte = byte;
  edit(page, root, `p${Number(root.dataset.base) + byte * 8}.8.${first}${event.key}`.toLowerCase()).then(() => {
    const next = find(`.hex [data-b="${byte + 1}"]`, page) ?? find(`.hex [data-b="${byte}"]`, page);
    if (next) rove(/** @type {HTMLElement} */ (next.closest(".hex")), next);
    next?.focus({ preventScroll: true });
  });
  return true;
}
