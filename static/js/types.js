// @ts-check
/**
 * The shapes that arrive from the server. Only types; this file does nothing at run time.
 *
 * @typedef {"client" | "server"} Side
 *
 * @typedef {object} Violation
 * @property {string} rule
 * @property {"error" | "warning" | "note" | null} severity
 * @property {string} section
 * @property {string} text
 * @property {number} seq  of the violation's own event
 *
 * @typedef {object} FrameFacts
 * @property {0 | 1} fin
 * @property {number} opcode
 * @property {number} payload_length
 *
 * @typedef {object} WireEvent
 * @property {number} seq
 * @property {string} connection
 * @property {number} at  nanoseconds since the session began
 * @property {Side} side
 * @property {"request" | "response" | "frame" | "message" | "violation" | "end"} kind
 * @property {number} start  in bits
 * @property {number} end  in bits
 * @property {{client: string, server: string}} state
 * @property {string} summary
 * @property {string} tag
 * @property {Violation[]} violations
 * @property {FrameFacts} [frame]
 * @property {{frames: number[], opcode: number}} [message]  of an event of that kind: the frames that it came in
 * @property {Violation} [violation]  of an event of that kind
 *
 * @typedef {object} Held
 * @property {number} n
 * @property {Side} side
 * @property {string} unit
 * @property {number} bytes
 * @property {number} start  byte in the side's stream
 * @property {string} summary
 * @property {string} [tag]
 * @property {number | null} left_ms  null behind the oldest
 * @property {"inbound" | "outbound"} held_side
 * @property {number} released  bytes of it that have been let go
 * @property {{unit: string, bytes: number, fields: string[]}} step  what the next step lets go
 * @property {{side: Side, for: "handshake" | "close" | "frame", client: string, gives_up_ms: number | null}} waits
 *
 * @typedef {object} Policy  how a gate holds
 * @property {"frame" | "field" | "byte"} unit
 * @property {{opcode?: number | string, side?: string, violation?: boolean} | null} when
 *
 * @typedef {object} Connection
 * @property {string} id
 * @property {string} peer
 * @property {string} app
 * @property {boolean} open
 * @property {number | null} stopped
 * @property {Held[]} held
 *
 * @typedef {object} Rung  one row of the ladder: an event, or a unit that is held
 * @property {string} key
 * @property {WireEvent | null} event
 * @property {Held | null} held
 * @property {Side} side
 * @property {string} tag
 * @property {string} summary
 * @property {number} size  in bytes
 * @property {{client: string, server: string}} state
 * @property {"" | "in-msg" | "in-gap"} bracket
 * @property {Violation[]} violations
 *
 * @typedef {"event" | "message" | "frame" | "field" | "byte"} Unit
 *
 * @typedef {object} Cursor  the one place that every view marks
 * @property {string} event  key of the row
 * @property {string} space  wire, or a space made from it
 * @property {number} bit  in that space, from the event's first bit
 * @property {number} bits
 * @property {string} field
 * @property {boolean} pinned
 *
 * @typedef {{do: string, text?: string, times?: number, hex?: string, code?: number, reason?: string, messages?: number, seconds?: number}} Action
 *
 * @typedef {object} Seen  something this page's own WebSocket did
 * @property {"open" | "send" | "message" | "error" | "close" | "new" | "closing"} what
 * @property {number} readyState
 * @property {string} text
 */
export {};
