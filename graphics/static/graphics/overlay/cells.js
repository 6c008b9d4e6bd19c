import { boundText } from "./binds.js";
import { tableOf } from "./tables.js";

/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./tables.js").Table} Table */
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

const NAMES_OF_STATUSES = new Map([
  ["in_check", "In check"],
  ["champion", "Champion"],
  ["eliminated", "Eliminated"],
  ["clinched", "Through"],
]);

/**
 * The rows of a table that a list shows, in their order.
 *
 * @param {Spec} spec @param {Table} table @param {Standings | null} standings
 * @returns {Row[]}
 */
export function rowsOf(spec, table, standings) {
  const rows = spec.source === "lobby" ? rowsOfLobby(spec, table, standings) : table.rows;
  return rows.slice(spec.offset, spec.offset + spec.count);
}

/** @param {Spec} spec @param {Table} table @param {Standings | null} standings */
function rowsOfLobby(spec, { rows }, standings) {
  const lobby = standings?.lobbies?.find(({ lobby: number }) => number === spec.lobby);
  const seats = new Map((lobby?.participant_ids ?? []).map((id, seat) => [id, seat]));
  /** @param {Row} row */
  const seatOf = ({ participant_id: id }) => (id === undefined ? undefined : seats.get(id));
  const seated = rows.filter((row) => seatOf(row) !== undefined);
  if (spec.orderBy === "rank") return seated;
  return seated.sort((one, other) => Number(seatOf(one)) - Number(seatOf(other)));
}

/** Who a row is about, the same through all changes of rank. @param {Row} row */
export function keyOf(row) {
  return String(row.participant_id ?? row.player_name);
}

/**
 * What a list says about one row.
 *
 * @param {Spec} spec @param {Row} row @param {Table} table
 * @returns {Cell}
 */
export function cellOf(spec, row, table) {
  switch (spec.type) {
    case "players":
      return plain(row.player_name);
    case "scores":
      return scoreOf(spec, row, table);
    case "placements":
      return rankOf(row, table);
    case "changes":
      return changeOf(row.rank_change ?? null);
    case "statuses":
      return statusOf(row);
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
export function textCell(spec, picture) {
  if (spec.game !== null) {
    return plain(spec.content + gameOfColumn(spec, tableOf(picture.standings, spec.stage)));
  }
  return plain(boundText(spec, picture) || spec.content);
}

/** @param {Spec} spec @param {Row} row @param {Table} table @returns {Cell} */
function scoreOf(spec, row, table) {
  switch (spec.value) {
    case "points":
      return counting(pointsOf(spec, row, table));
    case "points_to_cut":
      return signed(row.points_to_cut);
    default:
      return counting(row[spec.value]);
  }
}

/** @param {Spec} spec @param {Row} row @param {Table} table */
function pointsOf(spec, row, { rounds, games }) {
  if (spec.game !== null) return row.round_scores?.[games[gameOfColumn(spec, { games }) - 1] ?? ""];
  if (spec.roundId === "total") return row.total_points;
  const round = spec.roundId === "last" ? rounds[rounds.length - 1] : spec.roundId;
  return row.round_scores?.[round ?? ""];
}

/**
 * Number of the game that a column stands for. With `games` columns and more games played, the
 * columns move along so that the last one is the newest game.
 *
 * @param {Spec} spec @param {Pick<Table, "games">} table
 */
function gameOfColumn({ game, games: columns }, { games }) {
  const shift = columns === null ? 0 : Math.max(0, games.length - columns);
  return /** @type {number} */ (game) + shift;
}

/** @param {unknown} text @returns {Cell} */
function plain(text) {
  return { kind: "plain", text: String(text ?? ""), value: String(text ?? ""), number: null, mark: "" };
}

/** @param {number | null} [number] @returns {Cell} */
function counting(number) {
  return Number.isSafeInteger(number) ? { ...plain(number), number: Number(number) } : plain("");
}

/** A distance: +3, 0, -3. @param {number | null} [number] @returns {Cell} */
function signed(number) {
  if (!Number.isSafeInteger(number)) return plain("");
  const distance = Number(number);
  const value = distance > 0 ? `+${distance}` : String(distance);
  return { ...plain(value), text: value.replace("-", "\u2212") };
}

/** @param {Row} row @param {Table} table @returns {Cell} */
function rankOf({ rank, tied }, { hasResults }) {
  // Before the first result everyone shares the first rank, which says nothing.
  const text = hasResults ? String(rank) : "";
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

/** @param {Row} row @returns {Cell} */
function statusOf({ status, clinched, eliminated }) {
  const mark = status ?? (clinched ? "clinched" : eliminated ? "eliminated" : "");
  const text = NAMES_OF_STATUSES.get(mark) ?? "";
  return { kind: "status", text, value: text, number: null, mark: text ? mark : "" };
}
