/**
 * An element of a canvas document, checked and with every default filled in.
 *
 * @typedef {object} Spec
 * @property {string} id
 * @property {"text" | "players" | "scores" | "placements" | "changes" | "statuses"} type
 * @property {number} x Left edge, centre or right edge, as `align` says.
 * @property {number} y Top edge.
 * @property {Look} look
 * @property {string} content
 * @property {string} bind Name of the value that a text shows; empty for none.
 * @property {number} spacing From one row to the next.
 * @property {"column" | "row"} direction
 * @property {number} offset Rows skipped.
 * @property {number} count Rows shown.
 * @property {number | null} stage The stage that it shows; null for the one in play.
 * @property {"standings" | "lobby"} source
 * @property {number} lobby
 * @property {"rank" | "seat"} orderBy How the rows of a lobby stand.
 * @property {Value} value What `scores` show.
 * @property {string} roundId
 * @property {number | null} game Column of the day in play or of the stage, from 1.
 * @property {number | null} games How many such columns there are.
 */

/** @typedef {"points" | "event_points" | "points_to_cut" | "max_points" | "needed_place"} Value */

/**
 * @typedef {object} Range
 * @property {number} offset
 * @property {number} count
 */

/**
 * @typedef {object} Look
 * @property {number} fontSize
 * @property {string} fontFamily
 * @property {string} color
 * @property {number} weight
 * @property {boolean} italic
 * @property {boolean} underline
 * @property {"left" | "center" | "right"} align
 * @property {number | null} width Room for the text; null for as much as it takes.
 * @property {number} letterSpacing
 * @property {boolean} uppercase
 * @property {number} opacity
 */

const TYPES = ["text", "players", "scores", "placements", "changes", "statuses"];
const VALUES = ["points", "event_points", "points_to_cut", "max_points", "needed_place"];
const ROWS = /^([1-9][0-9]{0,3})(-([1-9][0-9]{0,3})?)?$/;
const DEFAULT_FONT_SIZE = 32;
const DEFAULT_SPACING = 56;

/**
 * The elements and the background of a canvas document, or null if `document` is none (a graphic
 * may hold any object).
 *
 * @param {unknown} document
 * @returns {{ background: any, elements: any[] } | null}
 */
export function canvasOf(document) {
  const { background = null, elements } = /** @type {any} */ (document ?? {});
  return Array.isArray(elements) ? { background, elements } : null;
}

/**
 * Raises if the element cannot be drawn: an unknown type, or no place to stand.
 *
 * @param {any} element
 * @returns {Spec}
 */
export function specOf(element) {
  const x = numberOr(null, element.x);
  const y = numberOr(null, element.y);
  if (!TYPES.includes(element.type)) throw new Error(`unknown type ${element.type}`);
  if (x === null || y === null) throw new Error("no position");
  return {
    id: String(element.id ?? ""),
    type: element.type,
    x,
    y,
    look: lookOf(element),
    content: textOf(element.content),
    bind: textOf(element.bind),
    spacing: numberOr(DEFAULT_SPACING, element.spacing),
    direction: element.direction === "row" ? "row" : "column",
    ...rangeOf(element),
    stage: numberOr(null, element.stage),
    source: element.source === "lobby" ? "lobby" : "standings",
    lobby: numberOr(1, element.lobby),
    orderBy: element.orderBy === "seat" ? "seat" : "rank",
    value: VALUES.includes(element.value) ? element.value : "points",
    roundId: textOf(element.roundId) || "total",
    game: numberOr(null, element.game),
    games: numberOr(null, element.games),
  };
}

/**
 * Which rows are shown: those that `rows` names, else `previewCount` of them after `offset`. What is
 * given and names none shows none.
 *
 * @param {any} element
 * @returns {Range}
 */
function rangeOf(element) {
  if (element.rows === undefined || element.rows === null || element.rows === "") {
    return {
      offset: Math.max(0, Math.trunc(numberOr(0, element.offset))),
      count: Math.max(0, Math.trunc(numberOr(Infinity, element.previewCount))),
    };
  }
  const [, first, hasMore, last] = ROWS.exec(textOf(element.rows)) ?? [];
  if (!first) return { offset: 0, count: 0 };
  const end = hasMore ? Number(last ?? Infinity) : Number(first);
  return { offset: Number(first) - 1, count: Math.max(0, end - Number(first) + 1) };
}

/** @param {any} element @returns {Look} */
function lookOf(element) {
  const width = numberOr(null, element.width);
  return {
    fontSize: clamp(numberOr(DEFAULT_FONT_SIZE, element.fontSize), 1, 1000),
    fontFamily: textOf(element.fontFamily),
    color: textOf(element.color),
    weight: clamp(numberOr(element.bold === true ? 700 : 400, element.fontWeight), 1, 1000),
    italic: element.italic === true,
    underline: element.underline === true,
    align: ["center", "right"].includes(element.align) ? element.align : "left",
    width: width !== null && width > 0 ? width : null,
    letterSpacing: numberOr(0, element.letterSpacing),
    uppercase: element.uppercase === true,
    opacity: clamp(numberOr(1, element.opacity), 0, 1),
  };
}

/**
 * @template Fallback
 * @param {Fallback} fallback @param {unknown} value
 * @returns {number | Fallback}
 */
function numberOr(fallback, value) {
  // Editors that bind form fields straight to the document write numbers as text.
  const isNumber = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : fallback;
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
