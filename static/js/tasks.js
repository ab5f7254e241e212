// @ts-check
/** Tasks of a lesson: judged without leaving the page; pieces are put in order by choosing them. */
import { call } from "./api.js";
import { all, find, h } from "./dom.js";
import { t } from "./words.js";

/** @typedef {{right: boolean, reasons: string[]}} Verdict */

/** @param {HTMLFormElement} form */
function answer(form) {
  const data = new FormData(form);
  return {
    task: String(data.get("task")),
    seed: Number(data.get("seed")),
    answer: data.getAll("answer").map(String).join(" "),
  };
}

/** @param {HTMLElement} place @param {Verdict} verdict */
function draw(place, { right, reasons }) {
  place.className = `verdict ${right ? "right" : "wrong"}`;
  place.replaceChildren(
    h("b", {}, t(right ? "js.task.right" : "js.task.wrong")),
    h("ul", {}, ...reasons.map((reason) => h("li", {}, reason))),
  );
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  const place = find(".verdict", form);
  if (!place) return;
  try {
    draw(place, await call(new URL(form.action).pathname, { method: "POST", body: answer(form) }));
  } catch (error) {
    draw(place, { right: false, reasons: [/** @type {Error} */ (error).message] });
  }
}

/** Pieces become buttons: choosing one puts it next, choosing it again takes it out. @param {HTMLFormElement} form */
function choosable(form) {
  const input = /** @type {HTMLInputElement | null} */ (find('input[name="answer"]', form));
  const pieces = all(".pieces li", form);
  if (!input || !pieces.length) return;
  const mark = () => {
    const chosen = input.value.split(/[\s,]+/).filter(Boolean);
    pieces.forEach((piece, index) => {
      find("button", piece)?.setAttribute("aria-pressed", String(chosen.includes(String(index + 1))));
    });
  };
  pieces.forEach((piece, index) => {
    const button = h("button", { type: "button" }, ...piece.childNodes);
    button.addEventListener("click", () => {
      const chosen = input.value.split(/[\s,]+/).filter(Boolean);
      const number = String(index + 1);
      input.value = (chosen.includes(number) ? chosen.filter((n) => n !== number) : [...chosen, number]).join(" ");
      mark();
    });
    piece.replaceChildren(button);
  });
  input.addEventListener("input", mark);
  mark();
}

for (const element of all("form.task")) {
  const form = /** @type {HTMLFormElement} */ (element);
  form.addEventListener("submit", submit);
  choosable(form);
}
