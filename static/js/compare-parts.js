// @ts-check
/** The sections of the comparison page, from results to elements. */
import { amount, key, lane, LAYERS, meter, middle, parts, setup, squares, total, unit, whole } from "./compare-draw.js";
import { h } from "./dom.js";

/**
 * @typedef {object} Lab  what the server put on the page
 * @property {Record<string, string>} words
 * @property {Record<string, string>} layers
 * @property {Record<string, any>} facts
 * @property {Record<string, string>} missing
 * @property {Record<string, string>} counted
 * @property {boolean} open
 * @property {number} events  in the race
 * @property {any} recorded
 */

/** @param {Lab} lab */
export const speaker = (lab) => (/** @type {string} */ id, /** @type {Record<string, string | number>} */ values = {}) =>
  (lab.words[id] ?? id).replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

/** @param {number} value */
const ratio = (value) => value >= 20 ? whole(value) : value.toFixed(value >= 1.995 ? 1 : 2);

/** Remarks under a row. @param {Lab} lab @param {any} result */
function remarks(lab, result) {
  const w = speaker(lab);
  const of = parts(result);
  const row = lab.facts[result.row];
  const found = [];
  if (result.source === "recorded") {
    const lacks = lab.missing[result.row];
    if (lacks) found.push(w(lacks === "h2" ? "bars.missing.h2" : "bars.missing"));
    else if (!row.browser) found.push(w("bars.python.was"));
  } else if (!row.browser && result.client === "Python") {
    found.push(w("bars.python", { why: w(row.kind.startsWith("h2") ? "bars.python.h2" : "bars.python.tls") }));
  }
  if (row.deflate) found.push(w("bars.deflated", { size: result.size, payload: whole(of.payload) }));
  if (result.delivered < result.count) found.push(w("bars.lost", { count: result.delivered, total: result.count }));
  if (result.foreign) found.push(w("bars.foreign", { size: whole(result.foreign / result.count) }));
  return found;
}

/** @param {Lab} lab @param {any[]} results */
export function bars(lab, results) {
  const w = speaker(lab);
  const longest = Math.max(...results.map((result) => total(parts(result))), 1);
  const size = unit(longest);
  const rows = results.map((result) => {
    const of = parts(result);
    const row = lab.facts[result.row];
    const used = LAYERS.filter((layer) => Math.round(of[layer]));
    const label = used.map((layer) => `${whole(of[layer])} bytes ${lab.layers[layer]}`).join(", ");
    const recorded = result.source === "recorded" && h("span", { class: "was" }, w("bars.recorded"));
    return h(
      "div",
      { class: "bar" },
      h("h3", {}, row.name, h("small", {}, row.note), recorded),
      h(
        "div",
        {},
        squares(of, longest, label),
        h(
          "div",
          { class: "blab" },
          ...used.map((layer) => h("span", {}, key(layer), h("b", {}, whole(of[layer])), lab.layers[layer])),
          h("span", { class: "tot" }, w("bars.total", { size: whole(total(of)) })),
        ),
        ...remarks(lab, result).map((text) => h("p", { class: "remark" }, text)),
      ),
    );
  });
  const note = size === 1 ? w("bars.unit.one") : w("bars.unit", { size });
  return [h("p", { class: "note" }, note), ...rows];
}

/** How many messages until `first` has cost no more than `second`; null when it never does. @param {any} first @param {any} second */
export function evenAfter(first, second) {
  const saved = total(parts(second)) - total(parts(first));
  const more = setup(first) - setup(second);
  if (more <= 0) return 1;
  return saved > 0 ? Math.max(Math.ceil(more / saved), 1) : null;
}

/** @param {Lab} lab @param {any[]} results @param {number} count */
export function counter(lab, results, count) {
  const w = speaker(lab);
  const cost = (/** @type {any} */ result) => setup(result) + count * total(parts(result));
  const most = Math.max(...results.map(cost), 1);
  const ws = results.find((result) => result.row === "ws");
  const other = results.find((result) => result.row === "poll" || result.row === "post");
  const said = [];
  if (ws && other) {
    const name = lab.facts[other.row].name;
    const bare = (/** @type {any} */ result) => total(parts(result)) - parts(result).network;
    const times = cost(other) / cost(ws);
    const figure = ratio(times >= 1 ? times : 1 / times);
    const even = evenAfter(ws, other);
    const how = even === null ? "after.even.never" : even === 1 ? "after.even.one" : "after.even";
    said.push(
      h("p", {}, h("span", { class: "big" }, figure), h("small", {}, " ", w(times >= 1 ? "after.fewer" : "after.more"))),
      h("p", { class: "note" }, w("after.note", { other: name, ratio: ratio(bare(other) / bare(ws)) })),
    );
    said.push(h("p", { class: "note even" }, w(how, { other: name, count: even ?? 0 })));
  }
  const totals = h(
    "dl",
    {},
    ...results.map((result) =>
      h("div", {}, h("dt", {}, lab.facts[result.row].name), h("dd", { class: "m" }, meter(cost(result) / most)), h("dd", {}, amount(cost(result))))
    ),
  );
  const setups = results.filter((result) => setup(result)).map((result) => w("after.setup.row", { name: lab.facts[result.row].name, size: amount(setup(result)) }));
  const once = h("p", { class: "pay" }, h("b", {}, w("after.setup"), " "), setups.join(", ") + ".");
  return [...said.slice(0, 2), totals, once, ...said.slice(2), h("p", { class: "note" }, w("after.computed"))];
}

/** Median delay in a lane of the race. @param {any} lane @returns {number | null} */
function raced(lane) {
  const waits = lane.events.flatMap((/** @type {number} */ at, /** @type {number} */ n) => lane.arrivals[n] === null ? [] : [lane.arrivals[n] - at]);
  return waits.length ? Math.max(middle(waits), 0) : null;
}

/** @param {number} delay */
const millis = (delay) => delay >= 10 ? whole(delay) : delay.toFixed(1);

/** @param {Lab} lab @param {any} race @param {string} note */
export function lanes(lab, race, note) {
  const w = speaker(lab);
  const ids = Object.keys(lab.facts).filter((id) => id in race.lanes);
  const events = Math.max(0, ...ids.map((id) => race.lanes[id].events.length));
  const ms = race.ms * 1.02;
  const rows = ids.map((id) => {
    const one = race.lanes[id];
    const delay = raced(one);
    const shown = delay === null ? "–" : millis(delay);
    const name = lab.facts[id].name;
    return h(
      "div",
      { class: "ln-row" },
      h("b", {}, name),
      lane(one, ms, w("race.lane", { name, delay: shown })),
      h("em", {}, h("b", {}, shown), " ms"),
    );
  });
  return [h("p", { class: "note" }, w("race.note", { count: events }), " ", note), h("div", { class: "lanes" }, ...rows)];
}

const FACTS = ["start", "binary", "order", "reconnect", "proxies"];

/**
 * A client that asks has its delay from the race: with messages at hand it would measure its own haste.
 * @param {Lab} lab @param {any[]} results @param {any} race
 */
export function table(lab, results, race) {
  const w = speaker(lab);
  const heads = [...LAYERS, "total", "spread", "overhead", "setup", "delay", ...FACTS];
  const body = results.map((result) => {
    const of = parts(result);
    const sum = total(of);
    const lane = result.sender === "server" ? race.lanes[result.row] : null;
    const delay = result.delay?.median ?? (lane ? raced(lane) : null);
    const carried = lab.facts[result.row].deflate ? of.payload : result.size;
    const spread = result.each ? [...new Set([whole(result.each.low), whole(result.each.high)])].join("–") : "–";
    const cells = [
      ...LAYERS.map((layer) => Math.round(of[layer]) ? whole(of[layer]) : "–"),
      whole(sum),
      spread,
      `${Math.round(((sum - carried) / sum) * 100)} %`,
      setup(result) ? whole(setup(result)) : "–",
      delay === null ? "–" : millis(delay),
    ];
    const mark = result.source === "recorded" && h("span", { class: "was" }, w("bars.recorded"));
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, lab.facts[result.row].name, mark),
      ...cells.map((text) => h("td", {}, text)),
      ...FACTS.map((fact) => h("td", { class: "fact" }, lab.facts[result.row][fact])),
    );
  });
  return h(
    "table",
    { class: "tbl" },
    h("thead", {}, h("tr", {}, h("td", {}), ...heads.map((head) => h("th", { scope: "col", class: FACTS.includes(head) ? "fact" : "" }, w(`col.${head}`))))),
    h("tbody", {}, ...body),
  );
}

/** @param {Lab} lab @param {any[]} verdicts @param {any[]} works */
export function workloads(lab, verdicts, works) {
  const w = speaker(lab);
  const name = (/** @type {string} */ id) => lab.facts[id]?.name ?? id;
  return verdicts.map((verdict) => {
    const work = works.find((one) => one.id === verdict.workload);
    const costs = [...verdict.costs].sort((a, b) => a.bytes - b.bytes);
    const most = Math.max(...costs.map((one) => one.bytes), 1);
    const best = costs.find((one) => one.row === verdict.bytes);
    const soon = costs.find((one) => one.row === verdict.delay);
    const choice = verdict.choice ?? { why: "unmeasured" };
    const why = choice.why === "cheapest" && !choice.ratio ? "only" : choice.why;
    const rate = work.rate >= 1 || work.rate * 3600 > 600
      ? w("work.rate.second", { rate: work.rate })
      : w("work.rate.hour", { rate: Math.round(work.rate * 3600) });
    return h(
      "article",
      { class: "work" },
      h("h3", {}, work.name, h("small", {}, work.text)),
      h("p", { class: "note" }, w("work.of", { size: whole(work.size), rate, direction: w(`sender.${work.sender}`).toLowerCase() })),
      h("p", { class: choice.right ? "verdict" : "verdict not" }, w(`work.why.${why}`, { name: name(choice.row), ratio: choice.ratio ? ratio(choice.ratio) : "" })),
      h(
        "dl",
        {},
        ...costs.map((one) =>
          h(
            "div",
            { class: one.fits ? "" : "unfit" },
            h("dt", {}, name(one.row), one.fits ? null : h("small", {}, one.why)),
            h("dd", { class: "m" }, meter(one.bytes / most)),
            h("dd", {}, amount(one.bytes)),
          )
        ),
      ),
      best && h("p", { class: "note" }, w("work.bytes", { name: name(best.row), size: amount(best.bytes) })),
      soon && h("p", { class: "note" }, w("work.delay", { name: name(soon.row), delay: soon.delay.toFixed(1) })),
    );
  });
}
