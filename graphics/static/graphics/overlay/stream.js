/**
 * Follow one graphic: its document, its tournament and its standings, from the first snapshot on
 * and for ever.
 *
 *     const stream = new OverlayStream({
 *       graphicId: "7",
 *       onPicture: (picture) => draw(picture),
 *       onState: (state) => show(state),
 *     });
 *     stream.start();
 *
 * `onPicture` gets whole pictures, never parts and never an older one after a newer; of several
 * changes in a row it may get each. Objects in it are fresh where something changed and must not
 * be changed. Nothing here touches the document, so any page of this server can use it.
 */
import { Connection } from "./connection.js";
import { Fold } from "./fold.js";
import { Polling } from "./polling.js";
import { Rest } from "./rest.js";
import { Retrieval } from "./retrieval.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Picture} Picture */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Graphic} Graphic */
/** @typedef {import("./types.js").Standings} Standings */

const RENDERED_EVERY_MS = 1_000;
const GAPS_UNTIL_SNAPSHOT = 3;

export class OverlayStream {
  #fold = new Fold();
  #connection;
  #polling;
  /** @type {Retrieval<number, Graphic>} */
  #documents;
  /** @type {Retrieval<number, Standings>} */
  #scoreboards;
  #handlers;
  #gaps = 0;
  #hasReachedByPolling = false;
  /** @type {State | null} */
  #state = null;
  /** @type {{ version: number, seq: number } | null} */
  #rendered = null;
  #isReportDue = false;
  /** @type {number | undefined} */
  #renderedTimer;

  /**
   * @param {object} options
   * @param {string} options.graphicId
   * @param {string} [options.origin] The server; by default the one that served the page.
   * @param {(picture: Picture) => void} options.onPicture
   * @param {(state: State) => void} [options.onState]
   * @param {(order: import("./reload.js").Order) => void} [options.onReload] A person asks every page
   *   to load itself anew.
   */
  constructor({ graphicId, origin = location.origin, onPicture, onState, onReload }) {
    this.#handlers = { onPicture, onState, onReload };
    const rest = new Rest(origin);
    const socketUrl = `${origin.replace(/^http/, "ws")}/ws/overlay/${graphicId}`;
    this.#connection = new Connection(() => socketUrl + this.#resumption(), {
      onFrame: (frame) => this.#take(frame),
      onAbsent: () => {
        this.#polling.stop();
        this.#tell("holding");
      },
      onDown: () => this.#lost(),
      onImpossible: () => this.#polling.start(),
    });
    this.#polling = new Polling(graphicId, rest, {
      onPicture: (polled) => {
        this.#fold.replace(polled);
        this.#publish();
      },
      onReached: () => this.#reachedByPolling(),
      onAbsent: () => this.#tell("holding"),
      onDown: () => {
        this.#hasReachedByPolling = false;
        this.#tell("connecting");
      },
    });
    this.#documents = new Retrieval(
      (version, signal) => rest.document(graphicId, version, signal),
      (_, graphic) => {
        this.#fold.bringDocument(graphic);
        this.#publish();
      },
    );
    this.#scoreboards = new Retrieval(
      (snapshotId, signal) => rest.standings(snapshotId, signal),
      (snapshotId, standings) => {
        this.#fold.bringStandings(snapshotId, standings);
        this.#publish();
      },
    );
  }

  start() {
    this.#tell("connecting");
    this.#connection.open();
  }

  stop() {
    this.#connection.close();
    this.#polling.stop();
    this.#documents.want(null);
    this.#scoreboards.want(null);
    clearTimeout(this.#renderedTimer);
  }

  /**
   * Tell the server what is on screen now; at most once a second, and then the newest. A server
   * that is met again is told again.
   *
   * @param {number} version @param {number} seq
   */
  reportRendered(version, seq) {
    this.#rendered = { version, seq };
    this.#isReportDue = true;
    this.#report();
  }

  #resumption() {
    const cursor = this.#fold.cursor;
    return cursor ? `?${new URLSearchParams({ after: String(cursor.after), epoch: cursor.epoch })}` : "";
  }

  /** @param {Frame} frame */
  #take(frame) {
    try {
      if (frame.type === "connection_established") this.#established(frame);
      else if (frame.type === "reload") this.#ordered(frame);
      else this.#folded(this.#fold.take(frame));
    } catch (error) {
      // A frame that cannot be understood was as good as lost.
      console.warn("overlay: a frame could not be read", error);
      this.#missed();
    }
  }

  /** @param {Frame} frame */
  #established(frame) {
    this.#polling.stop();
    this.#fold.establish(frame.data);
    if (this.#fold.isCurrent) {
      this.#caughtUp();
      this.#isReportDue = this.#rendered !== null;
      this.#report();
    } else if (frame.data.recovered === true) {
      // The place it resumed from was given up while it connected: no snapshot would come.
      this.#connection.resume();
    }
  }

  /** @param {Frame} frame */
  #ordered(frame) {
    this.#handlers.onReload?.({ id: String(frame.order), reason: String(frame.reason ?? "") });
  }

  /** @param {import("./fold.js").Outcome} outcome */
  #folded(outcome) {
    if (outcome === "gap") this.#missed();
    if (outcome !== "folded") return;
    this.#gaps = 0;
    this.#caughtUp();
    this.#publish();
  }

  #missed() {
    this.#gaps += 1;
    // A place that cannot be resumed from several times is a place that does not exist.
    if (this.#gaps >= GAPS_UNTIL_SNAPSHOT) this.#fold.forgetPlace();
    this.#tell("connecting");
    this.#connection.resume();
  }

  #caughtUp() {
    this.#tell(this.#fold.isAbsent ? "holding" : "live");
  }

  #lost() {
    if (!this.#polling.isRunning) this.#tell("connecting");
  }

  #reachedByPolling() {
    this.#tell("polling");
    // The server has just come into reach: perhaps only it was away, and sockets work again.
    if (!this.#hasReachedByPolling) this.#connection.hurry();
    this.#hasReachedByPolling = true;
  }

  #publish() {
    this.#documents.want(this.#fold.wantedVersion);
    this.#scoreboards.want(this.#fold.wantedSnapshot);
    const picture = this.#fold.picture;
    if (picture) this.#handlers.onPicture(picture);
  }

  #report() {
    if (this.#renderedTimer !== undefined || !this.#isReportDue) return;
    if (!this.#connection.send({ type: "rendered", ...this.#rendered })) return;
    this.#isReportDue = false;
    this.#renderedTimer = setTimeout(() => {
      this.#renderedTimer = undefined;
      this.#report();
    }, RENDERED_EVERY_MS);
  }

  /** @param {State} state */
  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.onState?.(state);
  }
}
