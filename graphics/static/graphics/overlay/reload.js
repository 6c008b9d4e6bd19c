const DONE_KEY = "overlay.reload";
const SPREAD_MS = 2_000;
const RETRY_MS = 10_000;
const TRIES = 6;
const KEPT = 50;

/** @typedef {{ id: string, reason: string }} Order */

/** Orders that the reload under way will have obeyed. @type {string[] | null} */
let underWay = null;

/**
 * Load the page anew because a person ordered it: once for each order, wherever it is heard again,
 * and only after the server gave the new page and its files, so that a server in trouble cannot
 * empty the screen.
 *
 * @param {Order} order
 */
export async function obeyReload({ id }) {
  if (obeyed().includes(id)) return;
  if (underWay !== null) {
    underWay.push(id);
    return;
  }
  underWay = [id];
  for (let tries = 0; tries < TRIES; tries += 1) {
    await pause(Math.random() * SPREAD_MS);
    if (await isReady()) {
      if (remember(underWay)) location.reload();
      break;
    }
    await pause(RETRY_MS);
  }
  underWay = null;
}

/** Bring the page and its code into the browser's cache. @returns {Promise<boolean>} */
async function isReady() {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const code = loaded.filter((url) => url.startsWith(location.origin) && /\.(js|css)$/.test(url));
  try {
    const urls = [location.href, ...new Set(code)];
    const answers = await Promise.all(urls.map((url) => fetch(url, { cache: "reload" })));
    // Only what was read to its end is in the cache.
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    return answers.every(({ status }) => status === 200);
  } catch {
    return false;
  }
}

/** The newest orders that this window has obeyed. @returns {string[]} */
function obeyed() {
  try {
    return JSON.parse(sessionStorage.getItem(DONE_KEY) ?? "[]");
  } catch {
    return [];
  }
}

/**
 * @param {string[]} ids
 * @returns {boolean} false if they could not be written down: they might be obeyed for ever
 */
function remember(ids) {
  try {
    sessionStorage.setItem(DONE_KEY, JSON.stringify([...obeyed(), ...ids].slice(-KEPT)));
    return true;
  } catch {
    return false;
  }
}

/** @param {number} delay */
function pause(delay) {
  return new Promise((resolve) => setTimeout(resolve, delay));
}
