// Keeps the page of what is connected current. The server draws it; this takes over what differs,
// so that a button stays under the pointer and a focus where it is.

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

/** @param {HTMLElement} status */
function follow(status) {
  const say = (/** @type {string} */ sentence, isLost = false) => {
    if (status.textContent !== sentence) status.textContent = sentence;
    status.classList.toggle("is-lost", isLost);
  };
  const asOf = () => document.getElementById("live-now")?.dataset.at;

  const look = async () => {
    try {
      const answer = await fetch(status.dataset.now, { cache: "no-store" });
      if (answer.redirected || answer.status === 403) {
        say(`You are signed out. This is how it was at ${asOf()}.`, true);
        return;
      }
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      update(document.getElementById("live-now"), page.getElementById("live-now"));
      say(`Live, as of ${asOf()}.`);
    } catch {
      say(`The server cannot be reached. This is how it was at ${asOf()}.`, true);
    }
    setTimeout(look, EVERY_MS);
  };

  say(`Live, as of ${asOf()}.`);
  setTimeout(look, EVERY_MS);
}

const status = document.querySelector(".live-status");
if (status) follow(/** @type {HTMLElement} */ (status));
