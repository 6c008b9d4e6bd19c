import { AnswerError } from "./rest.js";

/** @typedef {import("./rest.js").Rest} Rest */
/** @typedef {import("./types.js").Graphic} Graphic */
/** @typedef {import("./types.js").Standings} Standings */
/** @typedef {import("./types.js").Tournament} Tournament */

const EVERY_MS = 2_000;
const HOLD_MS = 10_000;

/** @typedef {{ graphic: Graphic, tournament: Tournament | null, standings: Standings | null }} Polled */

/**
 * The road around blocked WebSockets: asks for the graphic and its standings every two seconds,
 * and costs little while nothing changed. A round that fails in any part changes nothing.
 *
 * `onReached` follows each round that the server answered, `onPicture` one that brought news,
 * `onAbsent` one that found no such graphic, `onDown` one without an answer.
 */
export class Polling {
  /** @type {AbortController | null} */
  #aborter = null;
  /** @type {string | null} */
  #etag = null;
  /** @type {Polled | null} */
  #known = null;
  #graphicId;
  #rest;
  #handlers;

  /**
   * @param {string} graphicId
   * @param {Rest} rest
   * @param {object} handlers
   * @param {(polled: Polled) => void} handlers.onPicture
   * @param {() => void} handlers.onReached
   * @param {() => void} handlers.onAbsent
   * @param {() => void} handlers.onDown
   */
  constructor(graphicId, rest, handlers) {
    this.#graphicId = graphicId;
    this.#rest = rest;
    this.#handlers = handlers;
  }

  get isRunning() {
    return this.#aborter !== null;
  }

  start() {
    if (this.isRunning) return;
    this.#aborter = new AbortController();
    // What the socket brought since the last round is not known here: begin anew.
    this.#etag = null;
    this.#known = null;
    void this.#run(this.#aborter.signal);
  }

  stop() {
    this.#aborter?.abort();
    this.#aborter = null;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    while (!signal.aborted) {
      const delay = await this.#round(signal);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<number>} the wait until the next round */
  async #round(signal) {
    try {
      const polled = await this.#poll(signal);
      if (signal.aborted) return 0;
      this.#handlers.onReached();
      if (polled !== this.#known) {
        this.#known = polled;
        this.#handlers.onPicture(polled);
      }
    } catch (error) {
      if (signal.aborted) return 0;
      if (error instanceof AnswerError && error.status === 404) {
        this.#handlers.onAbsent();
        return HOLD_MS;
      }
      this.#handlers.onDown();
    }
    return EVERY_MS;
  }

  /** @param {AbortSignal} signal @returns {Promise<Polled>} the same object if nothing changed */
  async #poll(signal) {
    const known = this.#known;
    const news = await this.#rest.view(this.#graphicId, known && this.#etag, signal);
    const graphic = news ? news.graphic : /** @type {Polled} */ (known).graphic;
    const { tournament, standings } = await this.#standingsFor(graphic, signal);
    if (news) this.#etag = news.etag;
    const isSame = standings === known?.standings && tournament?.name === known.tournament?.name;
    if (known && !news && isSame) return known;
    return { graphic, tournament, standings };
  }

  /** @param {Graphic} graphic @param {AbortSignal} signal */
  async #standingsFor({ tournament_id: id }, signal) {
    if (id === null || id === undefined) return { tournament: null, standings: null };
    const { snapshotId, name } = await this.#rest.newestSnapshot(id, signal);
    const tournament = { id, name };
    if (snapshotId === null) return { tournament, standings: null };
    const known = this.#known?.standings ?? null;
    if (known?.snapshot_id === snapshotId) return { tournament, standings: known };
    return { tournament, standings: await this.#rest.standings(snapshotId, signal) };
  }
}
