// Keeps the part of a page that changes, #live-now, current. The server draws it; this asks for it
// and takes over what differs, so that a button stays under the pointer and a focus where it is.

const EVERY_MS = 2_000;

/**
 * Make `shown` what `fresh` is. Elements with a `data-key` are met again by it among the children
 * of one element; whatever has no such descendants is replaced as a whole.
 *
 * @param {Element} shown @param {Element} fresh
 */
function update(shown, fresh) {
  if (shown.isEqualNode(fresh)) return;
  if (!fresh.querySelector("[data-key]") || !shown.querySelector("[data-key]")) {
    shown.replaceWith(fresh);
    return;
  }
  for (const { name } of [...shown.attributes]) if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
  for (const { name, value } of fresh.attributes) shown.setAttribute(name, value);
  const known = new Map([...shown.children].map((child) => [child.dataset.key, child]));
  let place = shown.firstElementChild;
  for (const child of [...fresh.children]) {
    const twin = known.get(child.dataset.key);
    known.delete(child.dataset.key);
    if (!twin) {
      shown.insertBefore(child, place);
      continue;
    }
    if (twin === place) place = place.nextElementSibling;
    else shown.insertBefore(twin, place);
    update(twin, child);
  }
  for (const gone of known.values()) gone.remove();
}

/** @param {HTMLElement} status Its `data-now` is the address of the part that changes. */
function follow(status) {
  const shown = () => document.getElementById("live-now");
  let at = shown()?.dataset.at;
  /** @type {string | null} */
  let newest = null;

  const say = (/** @type {string} */ sentence, isLost = false) => {
    if (status.textContent !== sentence) status.textContent = sentence;
    status.classList.toggle("is-lost", isLost);
  };

  /** @param {Response} answer */
  const take = async (answer) => {
    const etag = answer.headers.get("ETag");
    if (etag === null || etag !== newest) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      update(shown(), page.getElementById("live-now"));
    }
    newest = etag;
    at = shown().dataset.at ?? timeOf(answer);
  };

  const look = async () => {
    try {
      // the browser asks with the ETag that it has, and keeps what a 304 lets it keep
      const answer = await fetch(status.dataset.now, { cache: "no-cache" });
      if (answer.redirected || answer.status === 403) {
        say(`You are signed out. This is how it was at ${at}.`, true);
        return;
      }
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      await take(answer);
      say(`Live, as of ${at}.`);
    } catch {
      say(`The server cannot be reached. This is how it was at ${at}.`, true);
    }
    setTimeout(look, EVERY_MS);
  };

  if (at) say(`Live, as of ${at}.`);
  setTimeout(look, at ? EVERY_MS : 0);
}

/** The server's time of an answer. @param {Response} answer */
function timeOf(answer) {
  const date = new Date(answer.headers.get("Date") ?? Date.now());
  return `${date.toISOString().slice(11, 19)} UTC`;
}

const status = document.querySelector(".live-status");
if (status) follow(/** @type {HTMLElement} */ (status));
