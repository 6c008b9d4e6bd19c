import { Backoff } from "./backoff.js";
import { LOST, Socket } from "./socket.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./socket.js").Ending} Ending */

const ABSENT = 4404;
const TOO_SLOW = 4408;
const RESTARTING = 1012;
const REFUSED = [4401, 4403, 4429];

const HOLD_MS = 10_000;
const RESTART_SPREAD_MS = 2_000;
const STABLE_MS = 5_000;
const TRIES_UNTIL_IMPOSSIBLE = 3;

/**
 * A WebSocket that comes back for ever.
 *
 * `onAbsent` is told when the server says that the graphic is not there (it is asked again every
 * ten seconds), `onDown` at every other loss, with the close code, `onImpossible` when three tries
 * in a row never got an answer: WebSockets may be blocked between here and the server. It goes on
 * trying even then, until `close`.
 */
export class Connection {
  #backoff = new Backoff();
  /** @type {Socket | null} */
  #socket = null;
  /** @type {number | undefined} */
  #timer;
  #unanswered = 0;
  /** Rises with every new try, so that an address that comes late is not used. */
  #tries = 0;
  #url;
  #handlers;

  /**
   * @param {() => string | Promise<string>} url Asked anew for every try, so it can name the place
   *   to resume from. One that is rejected counts as a line that broke.
   * @param {object} handlers
   * @param {(frame: Frame) => void} handlers.onFrame
   * @param {() => void} handlers.onAbsent
   * @param {(code: number) => void} handlers.onDown
   * @param {() => void} handlers.onImpossible
   */
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  open() {
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#try();
  }

  close() {
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#timer);
    this.#tries += 1;
    this.#socket?.close();
    this.#socket = null;
  }

  /** @param {object} message @returns {boolean} false if there is no connection. */
  send(message) {
    return this.#socket?.send(message) ?? false;
  }

  /** Give the present socket up and resume by a new one. */
  resume() {
    if (this.#socket && this.#socket.lasted >= STABLE_MS) this.#backoff.reset();
    this.#socket?.close();
    this.#later(this.#backoff.next());
  }

  /** End a wait: there is reason to believe that the next try works. */
  hurry() {
    if (this.#socket === null) this.#later(0);
  }

  #wake = () => {
    if (document.visibilityState === "hidden") return;
    if (this.#socket) this.#socket.probe();
    else this.#later(0);
  };

  #try() {
    const url = this.#url();
    if (typeof url === "string") this.#connect(url);
    else void this.#connectLater(url);
  }

  /** @param {Promise<string>} url */
  async #connectLater(url) {
    const ours = this.#tries;
    try {
      const known = await url;
      if (ours === this.#tries) this.#connect(known);
    } catch (error) {
      console.warn("stream: there is no address to connect to", error);
      if (ours === this.#tries) this.#ended({ code: LOST, answered: false, lasted: 0 });
    }
  }

  /** @param {string} url */
  #connect(url) {
    this.#socket = new Socket(url, {
      onFrame: (frame) => {
        this.#unanswered = 0;
        this.#handlers.onFrame(frame);
      },
      onEnd: (ending) => this.#ended(ending),
    });
  }

  /** @param {Ending} ending */
  #ended(ending) {
    // Only a connection that held proves the server well; one that opens and falls is no progress.
    if (ending.lasted >= STABLE_MS) this.#backoff.reset();
    this.#unanswered = ending.answered ? 0 : this.#unanswered + 1;
    this.#later(this.#delayAfter(ending));
    if (ending.code === ABSENT) this.#handlers.onAbsent();
    else this.#handlers.onDown(ending.code);
    if (this.#unanswered === TRIES_UNTIL_IMPOSSIBLE) this.#handlers.onImpossible();
  }

  /** @param {Ending} ending */
  #delayAfter({ code, lasted }) {
    if (code === ABSENT) return HOLD_MS;
    if (REFUSED.includes(code)) return HOLD_MS + Math.random() * this.#backoff.next();
    if (code === TOO_SLOW && lasted >= STABLE_MS) return 0;
    if (code === RESTARTING) return Math.random() * RESTART_SPREAD_MS;
    return this.#backoff.next();
  }

  /** @param {number} delay */
  #later(delay) {
    this.#socket = null;
    this.#tries += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#try(), delay);
  }
}
