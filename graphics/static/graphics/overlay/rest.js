/** @typedef {import("./types.js").Graphic} Graphic */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Standings} Standings */

const PATIENCE_MS = 30_000;

/** The answer to a request that was not a success. */
export class AnswerError extends Error {
  /** @param {string} url @param {number} status */
  constructor(url, status) {
    super(`${url.replace(/\/k\/[^/]+/, "/k/...")} answered ${status}`); // OBS keeps a log
    this.status = status;
  }
}

/** What this server offers to everyone about graphics and standings. */
export class Rest {
  #origin;

  /** @param {string} origin */
  constructor(origin) {
    this.#origin = origin;
  }

  /**
   * The graphic, not older than `version`. Raises on an older answer.
   *
   * @param {string} graphicId @param {number} version @param {AbortSignal} signal
   * @returns {Promise<Graphic>}
   */
  async document(graphicId, version, signal) {
    const graphic = await this.#get(`/api/v1/graphics/${graphicId}/view?version=${version}`, signal);
    if (graphic.version < version) throw new Error(`version ${version} is not there yet`);
    return graphic;
  }

  /**
   * The graphic as it is now, or null while it still has the ETag `known`.
   *
   * @param {string} graphicId @param {string | null} known @param {AbortSignal} signal
   * @returns {Promise<{ graphic: Graphic, etag: string | null } | null>}
   */
  async view(graphicId, known, signal) {
    /** @type {Record<string, string>} */
    const headers = known === null ? {} : { "If-None-Match": known };
    const answer = await this.#ask(`/api/v1/graphics/${graphicId}/view`, signal, headers);
    if (answer.status === 304) return null;
    return { graphic: await answer.json(), etag: answer.headers.get("ETag") };
  }

  /**
   * Which scoreboard snapshot of a tournament is the newest.
   *
   * @param {number} tournamentId @param {AbortSignal} signal
   * @returns {Promise<{ snapshotId: number | null, name: string | undefined }>}
   */
  async newestSnapshot(tournamentId, signal) {
    const path = `/api/v1/players/ranked?tournament_id=${tournamentId}&limit=1`;
    const ranked = await this.#get(path, signal);
    return { snapshotId: ranked.snapshot_id ?? null, name: ranked.tournament_name };
  }

  /**
   * A published scoreboard in the shape that frames have.
   *
   * @param {number} snapshotId @param {AbortSignal} signal
   * @returns {Promise<Standings>}
   */
  async standings(snapshotId, signal) {
    return standingsOf(await this.#get(`/api/v1/scoreboard/${snapshotId}`, signal));
  }

  /** @param {string} path @param {AbortSignal} signal */
  async #get(path, signal) {
    return (await this.#ask(path, signal)).json();
  }

  /**
   * @param {string} path @param {AbortSignal} signal @param {Record<string, string>} [headers]
   * @returns {Promise<Response>}
   */
  async #ask(path, signal, headers = {}) {
    const aborter = new AbortController();
    const abort = () => aborter.abort();
    const timer = setTimeout(abort, PATIENCE_MS);
    signal.addEventListener("abort", abort);
    try {
      const options = { headers, signal: aborter.signal };
      // The answers carry ETags, but a picture on air must never come from a cache.
      const answer = await fetch(this.#origin + path, { ...options, cache: "no-store", credentials: "omit" });
      if (!answer.ok && answer.status !== 304) throw new AnswerError(path, answer.status);
      // The time limit and the abort hold for the body too.
      const body = answer.status === 304 ? null : await answer.text();
      return new Response(body, { status: answer.status, headers: answer.headers });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }
}

/** @param {any} scoreboard @returns {Standings} */
function standingsOf({ id, tournament_id, round_names, extras, entries }) {
  const rows = entries.map(
    (/** @type {any} */ entry) =>
      /** @type {Row} */ ({
        ...entry.extras,
        rank: entry.standing_rank,
        player_name: entry.player_name,
        total_points: entry.total_points,
        round_scores: entry.round_scores,
      }),
  );
  rows.sort((/** @type {Row} */ one, /** @type {Row} */ other) => one.rank - other.rank);
  return { ...extras, tournament_id, snapshot_id: id, round_names, standings: rows };
}
