const DURATION_MS = 450;
const FADE_MS = 300;
const EASE = "cubic-bezier(0.25, 0.8, 0.25, 1)";
/** A browser that stops drawing must not leave a number half way. */
const LATEST_END_MS = DURATION_MS + 200;

const turnedOff = new URLSearchParams(location.search).get("motion") === "off";
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether changes may be shown as movement now. */
export function mayMove() {
  return !turnedOff && !reduced.matches && document.visibilityState !== "hidden";
}

/**
 * Show a node that moved from one place to another. Its final place must be set already.
 *
 * @param {HTMLElement} node @param {string} from @param {string} to
 * @returns {Animation}
 */
export function glide(node, from, to) {
  return node.animate([{ transform: from }, { transform: to }], { duration: DURATION_MS, easing: EASE });
}

/** @param {HTMLElement} node */
export function appear(node) {
  node.animate([{ opacity: 0 }, { opacity: 1 }], { duration: DURATION_MS, easing: EASE });
}

/** Fade a node out and take it away, for certain. @param {HTMLElement} node */
export function vanish(node) {
  node.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE_MS, easing: EASE, fill: "forwards" });
  setTimeout(() => node.remove(), FADE_MS);
}

/** @typedef {{ from: number, to: number, began: number, show: (text: string) => void }} Count */

/** @type {Map<object, Count>} */
const counts = new Map();
let isTicking = false;

/**
 * Count to a number by whole steps. A count of the same owner that is under way goes on from
 * where it is.
 *
 * @param {object} owner @param {number} from @param {number} to @param {(text: string) => void} show
 */
export function count(owner, from, to, show) {
  const running = counts.get(owner);
  const now = performance.now();
  const entry = { from: running ? valueOf(running, now) : from, to, began: now, show };
  counts.set(owner, entry);
  show(String(entry.from));
  setTimeout(() => finish(owner, entry), LATEST_END_MS);
  if (!isTicking) {
    isTicking = true;
    requestAnimationFrame(tick);
  }
}

/** Forget a count; the caller shows what it likes. @param {object} owner */
export function stopCount(owner) {
  counts.delete(owner);
}

/** @param {object} owner @param {Count} entry */
function finish(owner, entry) {
  if (counts.get(owner) !== entry) return;
  counts.delete(owner);
  entry.show(String(entry.to));
}

function tick() {
  const now = performance.now();
  for (const [owner, entry] of [...counts]) {
    if (now - entry.began >= DURATION_MS) finish(owner, entry);
    else entry.show(String(valueOf(entry, now)));
  }
  isTicking = counts.size > 0;
  if (isTicking) requestAnimationFrame(tick);
}

/** @param {Count} count @param {number} now */
function valueOf({ from, to, began }, now) {
  const progress = Math.min(1, (now - began) / DURATION_MS);
  return Math.round(from + (to - from) * (1 - (1 - progress) ** 3));
}
