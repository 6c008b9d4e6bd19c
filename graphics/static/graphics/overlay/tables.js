/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").StageSoFar} StageSoFar */
/** @typedef {import("./types.js").Standings} Standings */

/**
 * The standings as one element sees them: those of the stage in play, or of another stage.
 *
 * @typedef {object} Table
 * @property {Row[]} rows In order of rank; of a stage that is over, with the ranks and points of its end.
 * @property {boolean} hasResults Before the first result everyone shares the first rank.
 * @property {boolean} isInPlay Whether what moves is told of it: label, cut, games left.
 * @property {string} stage Its name.
 * @property {string[]} rounds All that were played in it, in order.
 * @property {string[]} games The rounds that columns of games stand for.
 */

/**
 * What there is to see of the stage `number`, or of the one in play if that is null. Nothing in it
 * has to be there: what is missing is empty.
 *
 * @param {Standings | null} standings @param {number | null} number
 * @returns {Table}
 */
export function tableOf(standings, number) {
  const stage = standings?.stages?.find((one) => one.number === number);
  const isInPlay = number === null || standings?.stage?.number === number;
  if (standings && isInPlay) return inPlay(standings, stage);
  return {
    rows: standings && stage?.order ? rowsAtTheEnd(standings, stage) : [],
    hasResults: Boolean(stage?.order),
    isInPlay,
    stage: stage?.name ?? "",
    rounds: stage?.rounds ?? [],
    games: stage?.rounds ?? [],
  };
}

/** Number of the game, within its day, of `DAY.GAME`; 0 without one. @param {string | null} [ref] */
export function gameOf(ref) {
  return Number(/^[0-9]+\.([0-9]+)$/.exec(ref ?? "")?.[1] ?? 0);
}

/**
 * @param {Standings} standings
 * @param {StageSoFar} [stage] Set if only those who take part in it are to be seen.
 * @returns {Table}
 */
function inPlay(standings, stage) {
  const rounds = standings.round_names ?? [];
  return {
    // whom earlier stages cut, stands below all others
    rows: (standings.standings ?? []).slice(0, stage?.players ?? Infinity),
    hasResults: standings.after !== null,
    isInPlay: true,
    stage: standings.stage?.name ?? "",
    rounds: stage?.rounds ?? rounds,
    games: stage?.rounds ?? rounds.slice(Math.max(0, rounds.length - gameOf(standings.after))),
  };
}

/** @param {Standings} standings @param {StageSoFar} stage @returns {Row[]} */
function rowsAtTheEnd({ standings }, stage) {
  const byId = new Map((standings ?? []).map((row) => [row.participant_id, row]));
  let above = 0;
  return (stage.order ?? []).flatMap((equals) => {
    const rank = above + 1;
    above += equals.length;
    return equals.flatMap((id) => {
      const row = byId.get(id);
      return row ? [rowAtTheEnd(row, stage, rank, equals.length > 1)] : [];
    });
  });
}

/**
 * A row as it was: nothing that was said of the next game, or of the cut, is true of it any more.
 *
 * @param {Row} row @param {StageSoFar} stage @param {number} rank @param {boolean} tied
 * @returns {Row}
 */
function rowAtTheEnd({ participant_id, player_name, event_points, round_scores }, stage, rank, tied) {
  const counting = [...(stage.carried ?? []), ...(stage.rounds ?? [])];
  const total_points = counting.reduce((sum, round) => sum + (round_scores?.[round] ?? 0), 0);
  return { rank, tied, participant_id, player_name, total_points, event_points, round_scores };
}
