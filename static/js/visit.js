// @ts-check
/** One WebSocket of this page, opened to see what JavaScript sees, and told in one line. */
import { t } from "./words.js";

const QUIET = 2500;

/**
 * Resolves when the connection is closed; closes it when the server has been quiet for a while.
 * @param {string} url
 * @param {string[]} protocols
 * @param {(line: string) => void} tell
 * @param {number} seconds
 * @returns {Promise<boolean>} whether it was closed cleanly
 */
export function visit(url, protocols, tell, seconds) {
  /** @type {string[]} */
  const events = [];
  const note = (/** @type {string} */ said) => {
    events.push(said);
    tell(t("js.rule.saw", { events: events.join(" → ") }));
  };
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocols);
    let timer = setTimeout(() => socket.close(), seconds * 1000);
    const quiet = () => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.close(), Math.min(QUIET, seconds * 1000));
    };
    tell(t("js.rule.saw", { events: t("js.rule.saw.none") }));
    socket.addEventListener("open", () => note(t("js.rule.saw.open")));
    socket.addEventListener("message", () => {
      note(t("js.rule.saw.message"));
      quiet();
    });
    socket.addEventListener("error", () => note(t("js.rule.saw.error")));
    socket.addEventListener("close", (event) => {
      clearTimeout(timer);
      const clean = t(event.wasClean ? "js.rule.saw.clean" : "js.rule.saw.unclean");
      note(t("js.rule.saw.close", { code: event.code, clean }));
      resolve(event.wasClean);
    });
  });
}
