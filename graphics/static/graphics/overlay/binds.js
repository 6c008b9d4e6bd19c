import { gameOf, tableOf } from "./tables.js";

/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./tables.js").Table} Table */
/** @typedef {import("./types.js").Lobby} Lobby */
/** @typedef {import("./types.js").Picture} Picture */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Standings} Standings */

/**
 * What a text may be bound to.
 *
 * @typedef {object} Sources
 * @property {Picture["tournament"]} tournament
 * @property {Standings | null} standings
 * @property {Table} table
 * @property {Lobby | undefined} lobby
 */

const LEADERS_NAMED = 2;

const STATUSES = new Map([
  ["draft", "Draft"],
  ["registration_open", "Registration open"],
  ["registration_closed", "Registration closed"],
  ["check_in", "Check-in"],
  ["in_progress", "In progress"],
  ["completed", "Completed"],
  ["cancelled", "Cancelled"],
  ["postponed", "Postponed"],
]);

/** @type {Map<string, (sources: Sources) => unknown>} */
const BINDS = new Map([
  ["tournament.name", ({ tournament }) => tournament?.name],
  ["tournament.status", ({ tournament }) => STATUSES.get(tournament?.status ?? "")],
  ["standings.stage", ({ table }) => table.stage],
  ["standings.leader", ({ table }) => (table.hasResults ? leaderOf(table.rows) : "")],
  ["standings.label", ({ standings }) => standings?.label],
  ["standings.game", ({ standings }) => gameText(standings?.after)],
  ["standings.games_left", ({ standings }) => gamesLeftText(standings?.games_left)],
  ["standings.cut", ({ standings }) => (standings?.cut ? `Top ${standings.cut}` : "")],
  ["standings.cut_points", ({ standings, table }) => pointsOfTheLastIn(table.rows, standings?.cut)],
  ["standings.threshold", ({ standings }) => standings?.stage?.threshold],
  ["lobby.name", ({ lobby }) => (lobby ? `Lobby ${lobby.lobby}` : "")],
  ["lobby.game", ({ lobby }) => gameText(lobby?.game)],
]);
/** What nobody knows of a stage that is not in play. */
const OF_NOW = ["label", "game", "games_left", "cut", "cut_points", "threshold"].map((name) => `standings.${name}`);

/**
 * The value that a text is bound to; empty if there is none, or no such value.
 *
 * @param {Spec} spec @param {Picture} picture
 * @returns {string}
 */
export function boundText({ bind, stage, lobby: number }, { tournament, standings }) {
  const table = tableOf(standings, stage);
  if (!table.isInPlay && OF_NOW.includes(bind)) return "";
  const lobby = standings?.lobbies?.find((one) => one.lobby === number);
  return String(BINDS.get(bind)?.({ tournament, standings, table, lobby }) ?? "");
}

/** @param {Row[]} rows */
function leaderOf(rows) {
  const leaders = rows.filter((row) => row.rank === 1).map((row) => row.player_name);
  return leaders.length <= LEADERS_NAMED ? leaders.join(" / ") : "";
}

/** @param {string | null} [ref] */
function gameText(ref) {
  const game = gameOf(ref);
  return game ? `Game ${game}` : "";
}

/** @param {number | null} [left] */
function gamesLeftText(left) {
  if (!left) return "";
  return left === 1 ? "1 game left" : `${left} games left`;
}

/** Points that stand just above the cut. @param {Row[]} rows @param {number | null} [cut] */
function pointsOfTheLastIn(rows, cut) {
  const racing = rows.filter((row) => typeof row.points_to_cut === "number");
  const inside = racing.filter((row) => row.rank <= (cut ?? 0)).map((row) => row.total_points);
  return inside.length ? Math.min(...inside) : "";
}
