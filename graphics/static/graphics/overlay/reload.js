const DONE_KEY = "overlay.reload";
const SPREAD_MS = 2_000;
const RETRY_MS = 10_000;
const TRIES = 6;

/** @typedef {{ reason: string, seq: number | null, timestamp: string }} Order */

let isUnderWay = false;

/**
 * Load the page anew because a person ordered it: once for each order, and only after the server
 * gave the new page and its files, so that a server in trouble cannot empty the screen.
 *
 * @param {Order} order
 */
export async function obeyReload(order) {
  const key = JSON.stringify([order.reason, order.seq, order.timestamp]);
  if (isUnderWay || wasObeyed(key)) return;
  isUnderWay = true;
  for (let tries = 0; tries < TRIES; tries += 1) {
    await pause(Math.random() * SPREAD_MS);
    if (await isReady()) {
      if (remember(key)) location.reload();
      break;
    }
    await pause(RETRY_MS);
  }
  isUnderWay = false;
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

/** @param {string} key */
function wasObeyed(key) {
  try {
    return sessionStorage.getItem(DONE_KEY) === key;
  } catch {
    return false;
  }
}

/** @param {string} key @returns {boolean} false if it could not be written down: it might be obeyed for ever */
function remember(key) {
  try {
    sessionStorage.setItem(DONE_KEY, key);
    return true;
  } catch {
    return false;
  }
}

/** @param {number} delay */
function pause(delay) {
  return new Promise((resolve) => setTimeout(resolve, delay));
}
