// @ts-check
/** Countdowns of what is held. */
import { store } from "./store.js";

/** @param {number} ms */
export const clock = (ms) => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** What is left now of the milliseconds that the newest news told. @param {number} ms */
export const countdown = (ms) => ms - (performance.now() - store.state.heldAt);
