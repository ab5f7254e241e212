// @ts-check
/** From events and held units to the rows of the ladder. Pure. */

/** @typedef {import("./types.js").WireEvent} WireEvent */
/** @typedef {import("./types.js").Held} Held */
/** @typedef {import("./types.js").Rung} Rung */

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

/** Draws the brackets round messages in pieces. Which frames belong together, the engine says.
 * @param {Rung[]} rungs @param {WireEvent[]} events */
function bracket(rungs, events) {
  const places = new Map(rungs.map((rung, place) => [rung.event?.seq, place]));
  for (const { message } of events) {
    const pieces = (message?.frames ?? []).map((seq) => places.get(seq) ?? -1);
    if (pieces.length < 2 || pieces.includes(-1)) continue;
    for (let n = pieces[0]; n < pieces[pieces.length - 1]; n++) rungs[n].bracket ||= "in-gap";
    for (const place of pieces) rungs[place].bracket = "in-msg";
  }
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
  // A violation that belongs to a frame is told there, and a message by its frames.
  const told = new Set(events.filter((e) => e.kind !== "violation").flatMap((e) => e.violations.map((v) => v.seq)));
  const rungs = events.filter((event) => event.kind !== "message" && !told.has(event.seq)).map(fromEvent);
  const state = rungs.at(-1)?.state ?? { client: "CONNECTING", server: "CONNECTING" };
  holdInbound(rungs, held.filter((unit) => unit.held_side === "inbound"));
  rungs.push(...held.filter((unit) => unit.held_side === "outbound").map((unit) => fromHeld(unit, state)));
  bracket(rungs, events);
  return rungs;
}

/** The row that shows an event: its own, else the last one before it. @param {Rung[]} rungs @param {number} seq */
export function rungAt(rungs, seq) {
  return rungs.findLast((rung) => rung.event !== null && rung.event.seq <= seq) ?? null;
}
