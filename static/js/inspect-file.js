// @ts-check
/** Files: chosen or dropped, checked for their size before they travel. */
import { find, h } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("./inspect.js").Inspect} Inspect */

/** @param {Inspect} page @param {File} file */
async function take(page, file) {
  const most = Number(page.dataset.most);
  if (file.size > most) {
    page.tell(t("js.inspect.large", { name: file.name, limit: most.toLocaleString("en") }));
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const remove = h("button", { class: "btn sm", type: "button", "data-do": "remove" }, t("js.inspect.remove"));
  const size = file.size.toLocaleString("en");
  find(".filed", page)?.replaceChildren(t("js.inspect.file", { name: file.name, size }), remove);
  show(page, true);
  page.take(bytes);
}

/** @param {Inspect} page @param {boolean} file */
function show(page, file) {
  const filed = find(".filed", page);
  const box = find("textarea", page);
  if (filed) filed.hidden = !file;
  if (box) box.hidden = file;
}

/** Back to the text. @param {Inspect} page */
export function forget(page) {
  show(page, false);
  const box = /** @type {HTMLTextAreaElement | null} */ (find("textarea", page));
  box?.focus();
  page.take(box?.value ?? "");
}

/** @param {Inspect} page */
export function listenFiles(page) {
  page.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    if (input.files?.[0]) take(page, input.files[0]);
    input.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    page.addEventListener(name, (event) => drag(page, /** @type {DragEvent} */ (event)));
  }
}

/** @param {Inspect} page @param {DragEvent} event */
function drag(page, event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  find("form.paste", page)?.classList.toggle("over", event.type === "dragover");
  const file = event.type === "drop" ? event.dataTransfer.files[0] : null;
  if (file) take(page, file);
}
