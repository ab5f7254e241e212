// @ts-check
/** Joins the parts of the workbench page. */
import "./ladder.js";
import "./scope.js";
import "./lesson.js";
import "./transport.js";
import "./gate.js";
import "./bytes.js";
import "./hold.js";
import "./states.js";
import "./where.js";
import "./sees.js";
import "./composer.js";
import "./picker.js";
import { call, post, useKey } from "./api.js";
import { listen } from "./bus.js";
import { select } from "./cursor.js";
import { find, memory } from "./dom.js";
import { listenKeys } from "./keys.js";
import { listenLens } from "./lens.js";
import { listenPlace } from "./place.js";
import { listenPresent } from "./present.js";
import { attempt, follow, openOwn } from "./session.js";
import { store } from "./store.js";

const page = /** @type {HTMLElement} */ (find(".wb-main"));

/** The lesson's recorded example: its events draw the ladder, the row that the server chose is the cursor. */
async function recorded() {
  const { events } = await call(page.dataset.events ?? "");
  const seq = find("ss-scope .explain")?.dataset.seq;
  const field = new URLSearchParams(location.search).get("field");
  if (store.state.source === "recorded") store.set({ events, at: seq ? `e${seq}` : null, field });
}

/** A session that already exists; its key may come in the fragment, which no server ever sees. */
async function live() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) useKey(key);
  store.set({ follow: true });
  // A name that nobody has used yet becomes a session by asking for one; looking alone opens nothing.
  if (page.dataset.known === undefined) await post(`/api/sessions/${page.dataset.session}/gate`, { mode: "run" });
  await follow(page.dataset.session ?? "", page.dataset.url);
}

listen(document.body, (field, byte, element) => {
  if (element.closest(".lesson section[data-step]")) return; // the lesson moves the cursor itself
  // A byte may hold several fields; its last one is what the byte ends in.
  if (element.closest(".hex")) field = field.split(" ").at(-1) ?? field;
  select(field, byte, element.dataset.space);
});

store.set({ more: memory.get("ss-more") === "1" });
listenKeys();
listenLens();
listenPresent();
listenPlace();
find("[data-opens=own]")?.addEventListener("click", () => openOwn());
attempt(() => (page.dataset.session ? live() : recorded()));
