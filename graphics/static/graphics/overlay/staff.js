/**
 * Follow everything that happens, as the crew may see it: each event once, in order, for ever.
 *
 *     const stream = new StaffStream({
 *       ticket: async () => (await post("/auth/ws-ticket")).ticket,
 *       onResync: () => loadEverything(),
 *       onEvent: (event) => apply(event),
 *     });
 *     stream.start();
 *
 * `onResync` comes first, and again when events were missed for good: load by REST what the page
 * shows. Events that happen meanwhile wait until its promise is kept; one that is broken is asked
 * for again. What was loaded may already contain the first events after it, so compare versions.
 */
import { Connection } from "./connection.js";

/** @typedef {import("./types.js").Frame} Frame */

/**
 * @typedef {"connecting" | "loading" | "live" | "signed-out" | "refused"} StaffState
 *   After the last two it does not come back by itself: call `start` again.
 */

const NOT_ALLOWED = 4403;
const GAPS_UNTIL_RESYNC = 3;
const LOAD_AGAIN_MS = 2_000;

export class StaffStream {
  #connection;
  #ticket;
  #handlers;
  #eventTypes;
  /** @type {number | null} */
  #seq = null;
  #epoch = "";
  #gaps = 0;
  /** Frames that wait until the page has loaded its state; null while none have to. @type {Frame[] | null} */
  #waiting = null;
  /** Rises with every order to load, so that a load that was overtaken changes nothing. */
  #loads = 0;
  /** @type {number | null | undefined} */
  #viewed;
  /** @type {StaffState | null} */
  #state = null;

  /**
   * @param {object} options
   * @param {() => Promise<string | null>} options.ticket Asked for a new one before each connection;
   *   null: nobody is signed in any more.
   * @param {() => Promise<void> | void} options.onResync
   * @param {(event: Frame) => void} options.onEvent
   * @param {(frame: Frame) => void} [options.onAside] What has no number: `user_activity` and the like.
   * @param {(state: StaffState) => void} [options.onState]
   * @param {string[]} [options.eventTypes] Only events of these types; by default all.
   * @param {string} [options.origin] The server; by default the one that served the page.
   */
  constructor({ ticket, onResync, onEvent, onAside, onState, eventTypes, origin = location.origin }) {
    this.#ticket = ticket;
    this.#eventTypes = eventTypes;
    this.#handlers = { onResync, onEvent, onAside, onState };
    const url = `${origin.replace(/^http/, "ws")}/ws/events`;
    this.#connection = new Connection(() => this.#address(url), {
      onFrame: (frame) => this.#take(frame),
      onAbsent: () => this.#tell("connecting"),
      onDown: (code) => (code === NOT_ALLOWED ? this.#end("refused") : this.#tell("connecting")),
      onImpossible: () => {},
    });
  }

  start() {
    this.#tell("connecting");
    this.#connection.open();
  }

  stop() {
    this.#loads += 1;
    // What was not loaded to its end is loaded anew after the next start.
    if (this.#waiting) this.#seq = this.#waiting = null;
    this.#connection.close();
  }

  /**
   * Tell the others which graphic is looked at here, now and after each new connection.
   *
   * @param {number | null} graphicId
   */
  view(graphicId) {
    this.#viewed = graphicId;
    this.#connection.send({ type: "viewing", graphic_id: graphicId });
  }

  /** @param {string} url @returns {Promise<string>} */
  async #address(url) {
    const ticket = await this.#ticket();
    if (ticket === null) {
      this.#end("signed-out");
      throw new Error("nobody is signed in");
    }
    const place = this.#seq === null ? {} : { after: String(this.#seq), epoch: this.#epoch };
    return `${url}?${new URLSearchParams({ ticket, ...place })}`;
  }

  /** @param {Frame} frame */
  #take(frame) {
    if (frame.type === "connection_established") this.#established(frame.data);
    else if (!Number.isSafeInteger(frame.seq)) this.#handlers.onAside?.(frame);
    else this.#numbered(frame, /** @type {number} */ (frame.seq));
  }

  /** @param {any} data */
  #established(data) {
    this.#epoch = String(data?.epoch ?? "");
    if (this.#eventTypes) this.#connection.send({ type: "subscribe", event_types: this.#eventTypes });
    if (this.#viewed !== undefined) this.view(this.#viewed);
    if (data?.recovered !== true) this.#seq = null;
    else if (this.#waiting === null) this.#tell("live");
  }

  /** @param {Frame} frame @param {number} seq */
  #numbered(frame, seq) {
    if (frame.type === "resync_required") {
      this.#seq = seq;
      this.#gaps = 0;
      void this.#load();
      return;
    }
    if (this.#seq === null || seq <= this.#seq) return;
    // One `skipped` stands for a whole run of events and carries the number of the last.
    if (seq !== this.#seq + 1 && frame.type !== "skipped") {
      this.#missed();
      return;
    }
    this.#seq = seq;
    this.#gaps = 0;
    if (frame.type === "skipped") return;
    if (this.#waiting) this.#waiting.push(frame);
    else this.#hand(frame);
  }

  #missed() {
    this.#gaps += 1;
    // A place that cannot be resumed from several times is a place that does not exist.
    if (this.#gaps >= GAPS_UNTIL_RESYNC) this.#seq = null;
    this.#tell("connecting");
    this.#connection.resume();
  }

  async #load() {
    this.#loads += 1;
    const ours = this.#loads;
    this.#waiting = [];
    this.#tell("loading");
    while (ours === this.#loads) {
      try {
        await this.#handlers.onResync();
        break;
      } catch (error) {
        console.warn("stream: the state could not be loaded", error);
        await new Promise((resolve) => setTimeout(resolve, LOAD_AGAIN_MS));
      }
    }
    if (ours !== this.#loads) return;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#tell("live");
    waiting.forEach((frame) => this.#hand(frame));
  }

  /** A page that fails at one event must not lose the next. @param {Frame} frame */
  #hand(frame) {
    try {
      this.#handlers.onEvent(frame);
    } catch (error) {
      console.error("stream: the page failed at an event", error);
    }
  }

  /** @param {"signed-out" | "refused"} state */
  #end(state) {
    this.stop();
    this.#tell(state);
  }

  /** @param {StaffState} state */
  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.onState?.(state);
  }
}
