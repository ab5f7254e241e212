// @ts-check
/** From events and held units to the rows of the ladder. Pure. */

/** @typedef {import("./types.js").WireEvent} WireEvent */
/** @typedef {import("./types.js").Held} Held */
/** @typedef {import("./types.js").Rung} Rung */

const CONTINUATION = 0;
const CONTROL = 8;

/** Whether an event has a row of its own: messages repeat what their frames say, violations belong to their frame.
 * @param {WireEvent} event @param {Set<string>} told */
function hasRow(event, told) {
  if (event.kind === "message") return false;
  return event.kind !== "violation" || !told.has(event.violation?.rule ?? "");
}

/** @param {WireEvent} event @returns {Rung} */
function fromEvent(event) {
  return {
    key: `e${event.seq}`,
    event,
    held: null,
    side: event.side,
    tag: event.tag,
    summary: event.summary,
    size: (event.end - event.start) / 8,
    state: event.state,
    bracket: "",
    violations: event.violations,
  };
}

/** @param {Held} held @param {{client: string, server: string}} state @returns {Rung} */
function fromHeld(held, state) {
  return {
    key: `h${held.n}`,
    event: null,
    held,
    side: held.side,
    tag: held.tag ?? "",
    summary: held.summary,
    size: held.bytes,
    state,
    bracket: "",
    violations: [],
  };
}

/** Marks the frames of a message in pieces, and what comes between them. @param {Rung[]} rungs */
function bracket(rungs) {
  /** @type {Record<string, number>} */
  const open = {};
  rungs.forEach((rung, index) => {
    if (rung.event?.kind === "request") for (const side of Object.keys(open)) delete open[side]; // another connection
    const frame = rung.event?.frame;
    if (!frame || frame.opcode >= CONTROL) return;
    const begun = open[rung.side];
    if (frame.opcode === CONTINUATION && begun !== undefined) {
      for (let n = begun; n <= index; n++) {
        const mine = rungs[n].side === rung.side && (rungs[n].event?.frame?.opcode ?? CONTROL) < CONTROL;
        rungs[n].bracket = mine ? "in-msg" : rungs[n].bracket || "in-gap";
      }
      open[rung.side] = index;
    } else if (frame.fin === 0) open[rung.side] = index;
    if (frame.fin === 1) delete open[rung.side];
  });
}

/** What is held inbound has arrived, so it has a row already. @param {Rung[]} rungs @param {Held[]} held */
function holdInbound(rungs, held) {
  for (const unit of held) {
    const row = rungs.find((rung) => rung.event?.side === unit.side && rung.event.start === unit.start * 8 && rung.size > 0);
    if (row) row.held = unit;
  }
}

/**
 * @param {WireEvent[]} events in order
 * @param {Held[]} held oldest first
 * @returns {Rung[]}
 */
export function rungsOf(events, held) {
  const told = new Set(events.filter((e) => e.kind !== "violation").flatMap((e) => e.violations.map((v) => v.rule)));
  const rungs = events.filter((event) => hasRow(event, told)).map(fromEvent);
  const state = rungs.at(-1)?.state ?? { client: "CONNECTING", server: "CONNECTING" };
  holdInbound(rungs, held.filter((unit) => unit.held_side === "inbound"));
  rungs.push(...held.filter((unit) => unit.held_side === "outbound").map((unit) => fromHeld(unit, state)));
  bracket(rungs);
  return rungs;
}

/** The row that shows an event: its own, else the last one before it. @param {Rung[]} rungs @param {number} seq */
export function rungAt(rungs, seq) {
  return rungs.findLast((rung) => rung.event !== null && rung.event.seq <= seq) ?? null;
}
