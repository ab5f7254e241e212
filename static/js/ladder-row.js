// @ts-check
/** One row of the ladder: a clone of the page's own row template. */
import { all, find } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Rung} Rung */

const CLOSE = 8;

/** What a row's tag stands for, as the server's table of colours names it. @param {Rung} rung */
function kindOf(rung) {
  const opcode = rung.event?.frame?.opcode;
  if (opcode !== undefined) return opcode === CLOSE ? "CLOSE" : opcode > CLOSE ? "control" : "data";
  return rung.event?.kind ?? (rung.held?.unit === "head" ? "response" : "");
}

/** @param {Rung} rung @param {number} number */
function spoken(rung, number) {
  const key = rung.held ? "js.rung.held" : rung.violations.length ? "js.rung.bad" : "js.rung";
  return t(key, {
    number,
    direction: t(`js.dir.${rung.side}`),
    tag: rung.tag,
    summary: rung.summary,
    size: t("js.bytes", { n: rung.size }),
    why: rung.violations[0]?.text ?? "",
  });
}

/** @param {HTMLTemplateElement} template @param {Rung} rung @param {number} number @param {Record<string, string>} families */
export function makeRow(template, rung, number, families) {
  const row = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
  const lane = /** @type {HTMLAnchorElement} */ (find(".lane", row));
  lane.dataset.key = rung.key;
  row.dataset.make = makeOf(rung);
  lane.href = rung.event ? `?seq=${rung.event.seq}` : "#stage";
  lane.setAttribute("aria-label", spoken(rung, number));
  /** @type {[string, string][]} */
  const texts = [[".rn", String(number)], [".tag", rung.tag], [".sum", rung.summary], [".sz", rung.size ? `${rung.size} B` : ""]];
  for (const [selector, text] of texts) {
    const part = find(selector, row);
    if (part) part.textContent = text;
  }
  for (const part of all(unused(rung), row)) part.remove();
  find(".tag", row)?.classList.add(`f-${families[kindOf(rung)] ?? families[""]}`);
  return row;
}

/** What of the template this row never shows: a page has many rows. @param {Rung} rung */
function unused(rung) {
  const way = rung.side === "client" ? ".a-in, .a-held-in, .dir.in" : ".a-out, .a-held-out, .dir.out";
  const still = rung.held ? ".errx, .head" : ".gatebar, .a-held-in, .a-held-out";
  return [way, still, isBroken(rung) ? "" : ".errx", rung.bracket ? "" : ".onemsg"].filter(Boolean).join(", ");
}

/** @param {Rung} rung */
const isBroken = (rung) => rung.violations.some((v) => v.severity === "error");

/** What a row was made of; when that changes it is made anew. @param {Rung} rung */
export const makeOf = (rung) => [rung.held !== null, isBroken(rung), rung.bracket !== ""].join();

/** @param {Rung} rung */
export function classesOf(rung) {
  const { client, server } = rung.state;
  return [
    "rung",
    rung.side === "client" ? "c2s" : "s2c",
    rung.held ? "held" : "",
    isBroken(rung) ? "err" : "",
    rung.bracket,
    rung.event?.kind === "end" ? "end" : "",
    `ls-${client.toLowerCase()}`,
    `rs-${server.toLowerCase()}`,
  ].filter(Boolean).join(" ");
}
