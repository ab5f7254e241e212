// @ts-check
/** What every page has: the theme button, and buttons that copy. */
import { find, memory } from "./dom.js";
import { t } from "./words.js";

const root = document.documentElement;

class Theme extends HTMLElement {
  connectedCallback() {
    const button = find("button", this);
    if (!button) return;
    this.#paint(button);
    button.addEventListener("click", () => {
      const dark = root.dataset.theme !== "dark";
      root.dataset.theme = dark ? "dark" : "light";
      find("#dark")?.setAttribute("media", dark ? "all" : "not all");
      memory.set("theme", root.dataset.theme);
      this.#paint(button);
    });
  }

  /** @param {HTMLElement} button */
  #paint(button) {
    button.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  }
}

/** `<ss-copy>` copies the text of the element that `data-of` names. */
class Copy extends HTMLElement {
  connectedCallback() {
    const button = find("button", this);
    button?.addEventListener("click", async () => {
      const text = document.getElementById(this.dataset.of ?? "")?.textContent ?? "";
      const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
      const say = find("[role=status]", this);
      if (say) say.textContent = t(done ? "js.copied" : "js.copy-failed");
    });
  }
}

customElements.define("ss-theme", Theme);
customElements.define("ss-copy", Copy);
