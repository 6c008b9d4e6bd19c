/**
 * The shapes that travel: what the server sends and what the page makes of it.
 * This module holds types only and no code.
 */

/**
 * @typedef {object} Graphic
 * @property {number} id
 * @property {string} title
 * @property {unknown} data_json The canvas document; null where it was too large for a frame.
 * @property {number} version Rises with every change.
 * @property {number | null} tournament_id
 */

/**
 * @typedef {object} Row
 * @property {number} rank Shared by players who are tied: 1, 2, 2, 4.
 * @property {boolean} [tied]
 * @property {number} [participant_id]
 * @property {string} player_name
 * @property {number} total_points Points of the stage in play.
 * @property {number} [event_points] Points of the whole event.
 * @property {Record<string, number>} [round_scores] Only rounds that the player was in.
 * @property {number | null} [rank_change] Positive: rose since the game before.
 * @property {"champion" | "in_check" | "eliminated" | null} [status]
 * @property {number | null} [points_to_cut] Ahead of the first who is out; negative: behind the last in.
 * @property {number | null} [max_points]
 * @property {boolean | null} [clinched] Sure of the cut.
 * @property {boolean | null} [eliminated] Out, or sure to be.
 * @property {number | null} [needed_place]
 */

/**
 * @typedef {object} StageSoFar
 * @property {number} number
 * @property {string} name
 * @property {string[]} rounds Its own.
 * @property {string[]} carried Rounds of earlier stages that count in it.
 * @property {number | null} players Who took part; null: it has not begun.
 * @property {number[][] | null} order How it ended, those who shared a rank together; null before.
 */

/**
 * @typedef {object} Lobby
 * @property {string} game
 * @property {number} lobby
 * @property {number[]} participant_ids
 */

/**
 * @typedef {object} Standings
 * @property {number} tournament_id
 * @property {number | null} [snapshot_id]
 * @property {string | null} [after] DAY.GAME of the newest result; null before any.
 * @property {string} [label] Ready to be shown.
 * @property {{ number: number, name: string, kind: string, threshold?: number | null } | null} [stage]
 * @property {number | null} [cut] How many go on at the next cut of the stage.
 * @property {number | null} [games_left]
 * @property {string[]} [round_names] One for each game up to `after`, in order.
 * @property {Lobby[]} [lobbies]
 * @property {StageSoFar[]} [stages] All of the event; standings of an older server have none.
 * @property {Row[]} standings In order of rank.
 */

/** @typedef {{ id?: number, name?: string, status?: string }} Tournament */

/**
 * What a page shows at one moment. All parts belong together.
 *
 * @typedef {object} Picture
 * @property {Graphic} graphic
 * @property {Tournament | null} tournament
 * @property {Standings | null} standings
 * @property {number | null} seq Number of the newest event in it; null if it was polled.
 */

/**
 * @typedef {object} Frame
 * @property {string} type
 * @property {number} [seq]
 * @property {string} [reason]
 * @property {string} [order]
 * @property {string} [timestamp]
 * @property {any} [data]
 */

/** @typedef {"connecting" | "live" | "polling" | "holding"} State */

export {};
