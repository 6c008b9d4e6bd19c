const FIRST_MS = 250;
const LONGEST_MS = 10_000;
const SHORTEST_MS = 50;

/**
 * How long to wait before the next try: up to a quarter of a second, then twice as long each
 * time up to ten seconds. Every wait is drawn at random below its limit, so that hundreds of
 * pages that lost one server do not come back in one wave.
 */
export class Backoff {
  #tries = 0;

  /** @returns {number} milliseconds */
  next() {
    const limit = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 16);
    return SHORTEST_MS + Math.random() * (limit - SHORTEST_MS);
  }

  reset() {
    this.#tries = 0;
  }
}
