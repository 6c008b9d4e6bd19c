// The lock of the graphic on this page. Whoever holds it keeps it while the page is open: it is
// refreshed in time. Whoever does not sees who does, and when it is free. A lock that is
// lost is said at once, and what was typed stays where it is.

const LOOK_MS = 4_000;
const SOONEST_MS = 500;

/** @typedef {{ sentence: string, is_free: boolean, is_mine: boolean, refresh_in_seconds: number }} Status */

/** @param {HTMLElement} section */
function attach(section) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const said = section.querySelector("[role=status]");
  const { status, refresh, form } = section.dataset;

  /** @param {Status} now */
  const show = (now) => {
    said.textContent = now.sentence;
    section.classList.toggle("is-mine", now.is_mine);
    section.classList.toggle("is-held", !now.is_mine && !now.is_free);
    const edit = section.querySelector("input.default");
    if (edit) edit.disabled = !now.is_free;
    const breaking = section.querySelector(".break");
    if (breaking) breaking.hidden = now.is_free || now.is_mine;
  };

  const lose = (/** @type {Status} */ now) => {
    show(now);
    section.classList.add("is-lost");
    said.textContent = `Your lock has ended. ${now.sentence} Copy what you typed, then open this page anew.`;
  };

  const keep = async () => {
    try {
      const answer = await fetch(refresh, {
        method: "POST",
        headers: { "X-CSRFToken": token.value, Accept: "application/json" },
      });
      if (answer.status === 409) {
        lose(await answer.json());
        return;
      }
      if (answer.ok && !answer.redirected) {
        const now = /** @type {Status} */ (await answer.json());
        show(now);
        setTimeout(keep, Math.max(now.refresh_in_seconds * 1000, SOONEST_MS));
        return;
      }
      said.textContent = "The server did not renew your lock. Are you still signed in?";
    } catch {
      said.textContent = "The server cannot be reached: your lock may end.";
    }
    setTimeout(keep, LOOK_MS);
  };

  // While the refresh is far away somebody may break the lock: looking costs little.
  const look = async () => {
    try {
      const answer = await fetch(status, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) {
        const now = /** @type {Status} */ (await answer.json());
        if (refresh && !now.is_mine) {
          lose(now);
          return;
        }
        // a form that was refused stays as it is, with the reason above it
        if (!refresh && !form && now.is_mine) {
          location.reload();
          return;
        }
        if (!refresh) show(now);
      }
    } catch {
      // the next look may succeed
    }
    setTimeout(look, LOOK_MS);
  };

  if (refresh) keep();
  setTimeout(look, LOOK_MS);
}

const section = document.querySelector("section.lock[data-status]");
if (section) attach(/** @type {HTMLElement} */ (section));
