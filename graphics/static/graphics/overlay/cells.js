/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./types.js").Picture} Picture */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Standings} Standings */

/**
 * What one line of an element says: `text` in full, and how it is dressed.
 *
 * @typedef {object} Cell
 * @property {"plain" | "rank" | "change" | "status"} kind
 * @property {string} text
 * @property {string} value The final text as programs read it.
 * @property {number | null} number Set where the text is a number that may count up.
 * @property {string} mark Which sign stands in front: "tied", "up", "down", "same", or a status.
 */

const NAMES_OF_STATUSES = { in_check: "In check", champion: "Champion", eliminated: "Eliminated" };
const LEADERS_NAMED = 2;

/**
 * The rows of the standings that a list shows, in order of rank.
 *
 * @param {Spec} spec @param {Standings | null} standings
 * @returns {Row[]}
 */
export function rowsOf(spec, standings) {
  let rows = standings?.standings ?? [];
  if (spec.source === "lobby") {
    const lobby = standings?.lobbies?.find(({ lobby: number }) => number === spec.lobby);
    const seated = new Set(lobby?.participant_ids ?? []);
    rows = rows.filter((row) => row.participant_id !== undefined && seated.has(row.participant_id));
  }
  return rows.slice(spec.offset, spec.offset + spec.count);
}

/** Who a row is about, the same through all changes of rank. @param {Row} row */
export function keyOf(row) {
  return String(row.participant_id ?? row.player_name);
}

/**
 * What a list says about one row.
 *
 * @param {Spec} spec @param {Row} row @param {Standings} standings
 * @returns {Cell}
 */
export function cellOf(spec, row, standings) {
  switch (spec.type) {
    case "players":
      return plain(row.player_name);
    case "scores":
      return counting(scoreOf(spec, row, standings));
    case "placements":
      return rankOf(row, standings);
    case "changes":
      return changeOf(row.rank_change ?? null);
    case "statuses":
      return statusOf(row.status ?? null);
    default:
      throw new Error(`${spec.type} is no list`);
  }
}

/**
 * What a text says.
 *
 * @param {Spec} spec @param {Picture} picture
 * @returns {Cell}
 */
export function textCell(spec, { tournament, standings }) {
  if (spec.game !== null) return plain(spec.content + gameOfColumn(spec, standings));
  return plain(boundValue(spec.bind, tournament, standings) || spec.content);
}

/** @param {string} bind @param {Picture["tournament"]} tournament @param {Standings | null} standings */
function boundValue(bind, tournament, standings) {
  switch (bind) {
    case "tournament.name":
      return tournament?.name;
    case "standings.label":
      return standings?.label;
    case "standings.stage":
      return standings?.stage?.name;
    case "standings.leader":
      return standings?.after ? leaderOf(standings.standings) : "";
    default:
      return "";
  }
}

/** @param {Row[]} rows */
function leaderOf(rows) {
  const leaders = rows.filter((row) => row.rank === 1).map((row) => row.player_name);
  return leaders.length <= LEADERS_NAMED ? leaders.join(" / ") : "";
}

/** @param {Spec} spec @param {Row} row @param {Standings} standings */
function scoreOf(spec, row, standings) {
  if (spec.game !== null) return row.round_scores?.[roundOfColumn(spec, standings)];
  if (spec.roundId === "total") return row.total_points;
  return row.round_scores?.[spec.roundId];
}

/**
 * Number of the game, within its day, that a column stands for. With `games` columns and more
 * games played, the columns move along so that the last one is the newest game.
 *
 * @param {Spec} spec @param {Standings | null} standings
 */
function gameOfColumn({ game, games }, standings) {
  const shift = games === null ? 0 : Math.max(0, gamesToday(standings) - games);
  return /** @type {number} */ (game) + shift;
}

/** @param {Spec} spec @param {Standings} standings */
function roundOfColumn(spec, standings) {
  // Rounds are numbered through the whole event, games by the day.
  const roundsBefore = (standings.round_names?.length ?? 0) - gamesToday(standings);
  return `round_${roundsBefore + gameOfColumn(spec, standings)}`;
}

/** @param {Standings | null} standings */
function gamesToday(standings) {
  return Number(/^[0-9]+\.([0-9]+)$/.exec(standings?.after ?? "")?.[1] ?? 0);
}

/** @param {unknown} text @returns {Cell} */
function plain(text) {
  return { kind: "plain", text: String(text ?? ""), value: String(text ?? ""), number: null, mark: "" };
}

/** @param {number | undefined} number @returns {Cell} */
function counting(number) {
  return { ...plain(number), number: Number.isSafeInteger(number) ? Number(number) : null };
}

/** @param {Row} row @param {Standings} standings @returns {Cell} */
function rankOf({ rank, tied }, { after }) {
  // Before the first result everyone shares the first rank, which says nothing.
  const text = after === null ? "" : String(rank);
  return { kind: "rank", text, value: text, number: null, mark: text && tied ? "tied" : "" };
}

/** @param {number | null} change @returns {Cell} */
function changeOf(change) {
  if (change === null) return { ...plain(""), kind: "change" };
  if (change === 0) return { kind: "change", text: "", value: "0", number: null, mark: "same" };
  const value = change > 0 ? `+${change}` : String(change);
  const mark = change > 0 ? "up" : "down";
  return { kind: "change", text: String(Math.abs(change)), value, number: null, mark };
}

/** @param {Row["status"] | null} status @returns {Cell} */
function statusOf(status) {
  const text = status ? NAMES_OF_STATUSES[status] ?? "" : "";
  return { kind: "status", text, value: text, number: null, mark: text ? String(status) : "" };
}
