/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Graphic} Graphic */
/** @typedef {import("./types.js").Standings} Standings */
/** @typedef {import("./types.js").Tournament} Tournament */
/** @typedef {import("./types.js").Picture} Picture */

/** @typedef {"nothing" | "folded" | "gap"} Outcome */

/**
 * The state of one overlay's stream: what a snapshot and the events after it add up to.
 *
 * Pure bookkeeping without network or clock. An event counts only if its number is the next one;
 * an older one is a duplicate, a newer one means that something was missed (`gap`). Parts that
 * are too large for a frame are announced in `wantedVersion` and `wantedSnapshot` until someone
 * brings them; the part before them stays valid so long.
 */
export class Fold {
  /** Number of the newest event folded; null before any snapshot. @type {number | null} */
  seq = null;
  /** Whether the graphic is archived or deleted. */
  isAbsent = false;
  /** Version of a document to be fetched, or a newer one. @type {number | null} */
  wantedVersion = null;
  /** Id of a scoreboard snapshot to be fetched. @type {number | null} */
  wantedSnapshot = null;

  /** @type {string | null} */
  #epoch = null;
  /** @type {string | null} */
  #connectionEpoch = null;
  #awaitsSnapshot = true;
  /** Documents below this version are old news. */
  #floor = 0;
  /** @type {number | null} */
  #tournamentId = null;
  /** @type {Graphic | null} */
  #graphic = null;
  /** @type {Tournament | null} */
  #tournament = null;
  /** @type {Standings | null} */
  #standings = null;

  /** Where a new connection resumes; null asks for a snapshot. */
  get cursor() {
    return this.seq === null || this.#epoch === null ? null : { after: this.seq, epoch: this.#epoch };
  }

  /** Whether the present connection's snapshot or recovery has arrived. */
  get isCurrent() {
    return !this.#awaitsSnapshot;
  }

  /**
   * All that is known, or null while there is nothing or while only one half of a move to
   * another tournament has arrived.
   *
   * @returns {Picture | null}
   */
  get picture() {
    const graphic = this.#graphic;
    if (graphic === null) return null;
    const { tournament_id: id } = graphic;
    const tournament = this.#tournament;
    const standings = this.#standings;
    const isWaiting = this.wantedVersion !== null || this.wantedSnapshot !== null;
    const isMoving = (standings && standings.tournament_id !== id) || (tournament && tournament.id !== id);
    return isWaiting && isMoving ? null : { graphic, tournament, standings, seq: this.seq };
  }

  /** Begin a connection; `data` is that of its `connection_established`. @param {any} data */
  establish(data) {
    this.#connectionEpoch = String(data?.epoch ?? "");
    this.#awaitsSnapshot = !(data?.recovered === true && this.cursor !== null);
    if (!this.#awaitsSnapshot) this.#epoch = this.#connectionEpoch;
  }

  /** Forget the place in the stream, so that the next connection starts with a snapshot. */
  forgetPlace() {
    this.seq = null;
  }

  /**
   * Fold one frame. The number moves on only after its content was taken, so content that
   * raises is asked for again.
   *
   * @param {Frame} frame
   * @returns {Outcome}
   */
  take(frame) {
    if (!Number.isSafeInteger(frame.seq)) return "nothing";
    const seq = /** @type {number} */ (frame.seq);
    if (frame.type === "snapshot") {
      this.#restart(frame.data);
    } else {
      if (this.#awaitsSnapshot || this.seq === null || seq <= this.seq) return "nothing";
      // One `skipped` stands for a whole run of events and carries the number of the last.
      if (seq !== this.seq + 1 && frame.type !== "skipped") return "gap";
      this.#change(frame.type, frame.data);
    }
    this.seq = seq;
    return "folded";
  }

  /** Bring a wanted document. @param {Graphic} graphic */
  bringDocument(graphic) {
    if (this.wantedVersion === null || graphic.version < this.wantedVersion) return;
    this.#setGraphic(graphic);
  }

  /** Bring wanted standings. @param {number} snapshotId @param {Standings} standings */
  bringStandings(snapshotId, standings) {
    if (this.wantedSnapshot !== snapshotId) return;
    this.wantedSnapshot = null;
    this.#standings = standings;
  }

  /**
   * Take a state that came by another road than the stream. The place in the stream is lost:
   * its next events may already be part of this state.
   *
   * @param {{ graphic: Graphic, tournament: Tournament | null, standings: Standings | null }} state
   */
  replace({ graphic, tournament, standings }) {
    this.forgetPlace();
    this.#restart({ graphic, tournament: this.#completed(tournament), standings });
    this.#awaitsSnapshot = true;
  }

  /** With what is known of it beside what that road tells. @param {Tournament | null} tournament */
  #completed(tournament) {
    const known = this.#tournament;
    if (!tournament || known?.id !== tournament.id) return tournament;
    return { ...known, name: tournament.name ?? known.name };
  }

  /** @param {any} data */
  #restart(data) {
    const graphic = /** @type {Graphic} */ (data.graphic);
    this.#floor = 0;
    this.#follow(graphic);
    this.#tournament = data.tournament ?? null;
    this.#takeStandings(data);
    this.isAbsent = false;
    this.#awaitsSnapshot = false;
    this.#epoch = this.#connectionEpoch;
  }

  /** @param {string} type @param {any} data */
  #change(type, data) {
    if (type === "graphic_update") {
      this.isAbsent = data.action === "archived" || data.action === "deleted";
      if (!data.graphic || data.graphic.version < this.#floor) return;
      this.#follow(data.graphic);
      if (data.tournament !== undefined) this.#tournament = data.tournament;
    } else if (type === "standings_update") {
      if (this.#isOurs(data.tournament_id)) this.#takeStandings(data);
    } else if (type === "tournament_update") {
      if (data.tournament && this.#isOurs(data.tournament.id)) this.#tournament = data.tournament;
    }
  }

  /** @param {Graphic} graphic */
  #follow(graphic) {
    this.#tournamentId = graphic.tournament_id ?? null;
    if (graphic.data_json === null) {
      this.wantedVersion = graphic.version;
      this.#floor = graphic.version;
    } else {
      this.#setGraphic(graphic);
    }
  }

  /** @param {Graphic} graphic */
  #setGraphic(graphic) {
    this.#graphic = graphic;
    this.#floor = graphic.version;
    this.#tournamentId = graphic.tournament_id ?? null;
    this.wantedVersion = null;
    if (this.#tournamentId === null) {
      this.#tournament = null;
      this.#takeStandings({});
    }
  }

  /** @param {{ standings?: Standings | null, snapshot_id?: number | null }} data */
  #takeStandings({ standings, snapshot_id: snapshotId }) {
    if (standings) {
      this.#standings = standings;
      this.wantedSnapshot = null;
    } else if (snapshotId) {
      this.wantedSnapshot = snapshotId;
    } else {
      this.#standings = null;
      this.wantedSnapshot = null;
    }
  }

  /** @param {unknown} tournamentId */
  #isOurs(tournamentId) {
    return tournamentId === undefined || tournamentId === null || tournamentId === this.#tournamentId;
  }
}
