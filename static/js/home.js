// @ts-check
/** The start page: the strip that names field after field, and the door that opens a session. */
import { post } from "./api.js";
import { all, find } from "./dom.js";
import { t } from "./words.js";

const PACE = 2200;

class Strip extends HTMLElement {
  #caps = all(".strip-cap", this);
  #bits = all(".sbit", this);
  #place = 0;
  #timer = 0;

  connectedCallback() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#place = still ? this.#caps.length - 1 : 0;
    find("button", this)?.addEventListener("click", () => this.#run(!this.#timer));
    this.#paint();
    this.#run(!still);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** @param {boolean} on */
  #run(on) {
    clearInterval(this.#timer);
    this.#timer = on ? setInterval(() => this.#next(), PACE) : 0;
    const button = find("button", this);
    button?.setAttribute("aria-label", t(on ? "js.strip.pause" : "js.strip.play"));
    this.classList.toggle("runs", on);
  }

  #next() {
    this.#place = (this.#place + 1) % this.#caps.length;
    this.#paint();
  }

  #paint() {
    this.#caps.forEach((cap, n) => (cap.hidden = n !== this.#place));
    const cap = this.#caps[this.#place];
    const [start, end] = [Number(cap.dataset.start), Number(cap.dataset.end)];
    for (const bit of this.#bits) bit.classList.toggle("on", Number(bit.dataset.n) >= start && Number(bit.dataset.n) < end);
    cap.style.setProperty("--x", `${(start / this.#bits.length) * 100}%`);
  }
}

class Open extends HTMLElement {
  connectedCallback() {
    find("button", this)?.addEventListener("click", async () => {
      try {
        const { page_url } = await post("/api/sessions", {});
        location.assign(page_url);
      } catch (error) {
        const say = find("[role=status]", this);
        if (say) say.textContent = /** @type {Error} */ (error).message;
      }
    });
  }
}

/** Bytes that were pasted here are explained on the page for them; a script may hand them over without a reload. */
class Hand extends HTMLElement {
  connectedCallback() {
    find("form", this)?.addEventListener("submit", (event) => {
      const text = /** @type {HTMLTextAreaElement | null} */ (find("textarea", this))?.value ?? "";
      try {
        sessionStorage.setItem("ss-handed", text);
      } catch {
        return; // storage is blocked or too small: the form is sent as it is
      }
      event.preventDefault();
      location.assign("/inspect");
    });
  }
}

customElements.define("ss-hand", Hand);
customElements.define("ss-strip", Strip);
customElements.define("ss-open", Open);
