/** @typedef {import("./types.js").Frame} Frame */

const PING_EVERY_MS = 20_000;
const SILENCE_MS = 60_000;
const FIRST_FRAME_MS = 10_000;
const PROBE_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const ASLEEP_MS = 5_000;

/** Closed by this side because nothing was heard; the same number browsers use for a lost line. */
export const LOST = 1006;

/**
 * @typedef {object} Ending
 * @property {number} code
 * @property {boolean} answered Whether a frame or a close code showed that our server was there.
 * @property {number} lasted Milliseconds.
 */

/**
 * One WebSocket from its opening to its end. Keeps itself alive, notices when the line is dead
 * although nobody said so, and reports its end exactly once.
 */
export class Socket {
  /** @type {WebSocket | null} */
  #line = null;
  #began = performance.now();
  #heard = performance.now();
  #looked = performance.now();
  #patience = FIRST_FRAME_MS;
  #answered = false;
  /** @type {number[]} */
  #timers = [];
  #onFrame;
  #onEnd;

  /**
   * @param {string} url
   * @param {{ onFrame: (frame: Frame) => void, onEnd: (ending: Ending) => void }} handlers
   */
  constructor(url, { onFrame, onEnd }) {
    this.#onFrame = onFrame;
    this.#onEnd = onEnd;
    try {
      this.#line = new WebSocket(url);
    } catch {
      this.#timers = [setTimeout(() => this.#end(LOST), 0)];
      return;
    }
    this.#line.onmessage = (event) => this.#receive(event.data);
    this.#line.onclose = (event) => this.#end(event.code);
    this.#timers = [
      setInterval(() => this.#look(), LOOK_EVERY_MS),
      setInterval(() => this.send({ type: "ping" }), PING_EVERY_MS),
    ];
  }

  /** Milliseconds since it was made. */
  get lasted() {
    return performance.now() - this.#began;
  }

  /** @param {object} message @returns {boolean} false if the line is not open. */
  send(message) {
    if (this.#line?.readyState !== WebSocket.OPEN) return false;
    this.#line.send(JSON.stringify(message));
    return true;
  }

  /** Ask for a sign of life and give the line up soon if none comes. */
  probe() {
    if (this.#line?.readyState === WebSocket.OPEN) {
      this.#heard = performance.now();
      this.#patience = PROBE_MS;
      this.send({ type: "ping" });
    }
  }

  /** End it without a report. */
  close() {
    this.#timers.forEach((timer) => clearTimeout(timer));
    if (this.#line) {
      this.#line.onmessage = this.#line.onclose = null;
      this.#line.close();
      this.#line = null;
    }
  }

  /** @param {unknown} text */
  #receive(text) {
    this.#heard = performance.now();
    let frame;
    try {
      frame = JSON.parse(String(text));
    } catch {
      return;
    }
    if (typeof frame?.type !== "string") return;
    this.#answered = true;
    this.#patience = SILENCE_MS;
    this.#onFrame(frame);
  }

  #look() {
    const now = performance.now();
    const wasAsleep = now - this.#looked > ASLEEP_MS;
    this.#looked = now;
    // Browsers slow the timers of hidden pages down to one a minute: silence then proves nothing.
    if (wasAsleep) this.probe();
    else if (now - this.#heard > this.#patience) this.#end(LOST);
  }

  /** @param {number} code */
  #end(code) {
    // A dead line can take minutes to confirm its closing, so nobody waits for that.
    this.close();
    const answered = this.#answered || code === 1012 || (code >= 4000 && code < 5000);
    this.#onEnd({ code, answered, lasted: this.lasted });
  }
}
