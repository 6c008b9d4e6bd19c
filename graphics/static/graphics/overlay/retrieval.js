import { Backoff } from "./backoff.js";

/**
 * Fetches one thing at a time until it is there: the newest one wanted. Wanting another gives
 * the one before up; a failure is tried again for ever, with growing waits.
 *
 * @template Key, Value
 */
export class Retrieval {
  /** @type {Key | null} */
  #wanted = null;
  /** @type {AbortController | null} */
  #aborter = null;
  #load;
  #onLoaded;

  /**
   * @param {(key: Key, signal: AbortSignal) => Promise<Value>} load
   * @param {(key: Key, value: Value) => void} onLoaded
   */
  constructor(load, onLoaded) {
    this.#load = load;
    this.#onLoaded = onLoaded;
  }

  /** @param {Key | null} key null for nothing any more. */
  want(key) {
    if (key === this.#wanted) return;
    this.#aborter?.abort();
    this.#wanted = key;
    this.#aborter = null;
    if (key === null) return;
    this.#aborter = new AbortController();
    void this.#fetch(key, this.#aborter.signal);
  }

  /** @param {Key} key @param {AbortSignal} signal */
  async #fetch(key, signal) {
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        const value = await this.#load(key, signal);
        if (signal.aborted) return;
        this.#wanted = null;
        this.#aborter = null;
        this.#onLoaded(key, value);
        return;
      } catch (error) {
        if (!signal.aborted) console.warn("overlay: still waiting for a part of the picture", error);
      }
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
  }
}
