// @ts-check
/**
 * News of a session, over a WebSocket of its own. When that does not open in time it falls back to server-sent events:
 * Chromium opens no second WebSocket to a host while a first one waits for its 101, and here that wait is the lesson.
 * A lost feed reconnects and goes on from its last position.
 */
import { sessionKey } from "./api.js";

const PATIENCE = 1500;
const RETRY = [500, 1000, 2000, 4000, 8000];

/**
 * @typedef {object} Listener
 * @property {(news: any[], gap: boolean) => void} news
 * @property {(state: "opening" | "open" | "lost") => void} state
 */

export class Feed {
  #position = 0;
  #tries = 0;
  #closed = false;
  /** @type {WebSocket | EventSource | null} */
  #line = null;

  /** @param {string} session @param {Listener} listener */
  constructor(session, listener) {
    this.session = session;
    this.listener = listener;
  }

  /** Resolves when the first line is open, whichever kind it is. */
  async open() {
    this.listener.state("opening");
    const opened = await this.#socket() || await this.#stream();
    if (!opened) this.#retry();
    return opened;
  }

  close() {
    this.#closed = true;
    this.#line?.close();
  }

  /** @param {{position: number, gap: boolean, news: any[]}} message */
  #take(message) {
    this.#position = message.position;
    this.listener.news(message.news, message.gap);
  }

  #opened() {
    this.#tries = 0;
    this.listener.state("open");
  }

  /** @returns {Promise<boolean>} */
  #socket() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/feed/${this.session}`);
    this.#line = socket;
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.close(), PATIENCE);
      let open = false;
      socket.onopen = () => {
        clearTimeout(timer);
        open = true;
        const key = sessionKey();
        socket.send(JSON.stringify(key ? { after: this.#position, key } : { after: this.#position }));
        this.#opened();
        resolve(true);
      };
      socket.onmessage = (event) => this.#take(JSON.parse(event.data));
      socket.onclose = () => {
        clearTimeout(timer);
        if (open && !this.#closed) this.#retry();
        resolve(false);
      };
    });
  }

  /** @returns {Promise<boolean>} */
  #stream() {
    const source = new EventSource(`/feed/${this.session}/sse?after=${this.#position}`);
    this.#line = source;
    return new Promise((resolve) => {
      source.onopen = () => {
        this.#opened();
        resolve(true);
      };
      source.onmessage = (event) => this.#take(JSON.parse(event.data));
      source.onerror = () => {
        const open = source.readyState !== EventSource.CLOSED;
        if (open) this.listener.state("lost");
        else {
          if (this.#line === source && !this.#closed) this.#retry();
          resolve(false);
        }
      };
    });
  }

  #retry() {
    this.listener.state("lost");
    const wait = RETRY[Math.min(this.#tries++, RETRY.length - 1)];
    setTimeout(() => {
      if (!this.#closed) this.open();
    }, wait);
  }
}
