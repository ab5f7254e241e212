// @ts-check
/** Arrow keys inside a grid of bits or bytes: one tab stop, the focus roves (ARIA grid pattern). */
import { all } from "./dom.js";

/** @param {HTMLElement} grid */
const rowsOf = (grid) =>
  all('[role="row"]', grid).filter((row) => row.offsetParent !== null).map((row) => all('[role="gridcell"]', row));

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * @param {HTMLElement[][]} rows
 * @param {number} row
 * @param {number} column
 * @param {KeyboardEvent} event
 * @returns {HTMLElement | undefined}
 */
function target(rows, row, column, event) {
  if (event.key === "Home") return event.ctrlKey ? rows[0][0] : rows[row][0];
  if (event.key === "End") return (event.ctrlKey ? rows.at(-1) : rows[row])?.at(-1);
  const [down, right] = MOVES[event.key];
  if (down) return rows[row + down]?.[Math.min(column, rows[row + down].length - 1)];
  return rows[row][column + right] ?? (right > 0 ? rows[row + 1]?.[0] : rows[row - 1]?.at(-1));
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key was for a grid */
export function gridKey(event) {
  const cell = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest('[role="gridcell"]')) : null;
  const grid = /** @type {HTMLElement | null} */ (cell?.closest('[role="grid"]') ?? null);
  if (!cell || !grid || event.altKey || event.metaKey) return false;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    cell.click();
    return true;
  }
  if (!(event.key in MOVES) && event.key !== "Home" && event.key !== "End") return false;
  event.preventDefault();
  const rows = rowsOf(grid);
  const row = rows.findIndex((cells) => cells.includes(cell));
  const next = target(rows, row, rows[row].indexOf(cell), event);
  if (next) {
    rove(grid, next);
    next.focus();
  }
  return true;
}

/** Makes `cell` the one that Tab reaches. @param {HTMLElement} grid @param {HTMLElement} cell */
export function rove(grid, cell) {
  for (const old of all('[tabindex="0"]', grid)) old.tabIndex = -1;
  cell.tabIndex = 0;
}
