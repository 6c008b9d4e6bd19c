// Entering a lobby by the keyboard alone: a digit gives its place and goes on to the next row, A says
// absent, Backspace takes back, Enter saves. Or the players are pressed in the order in which they
// finished. Without this script the sheet is a form like any other.

const ABSENT = "absent";
const KEYS = new Map([..."12345678"].map((digit) => [digit, digit]).concat([["a", ABSENT]]));

/** @param {HTMLFormElement} form */
function attach(form) {
  const save = /** @type {HTMLInputElement} */ (form.querySelector("input[type=submit].default"));
  const places = /** @type {HTMLSelectElement[]} */ ([...form.querySelectorAll("td.outcome select")]);
  const buttons = places.map((place) => button(place));

  const nextFree = () =>
    [..."12345678"].find((place) => places.every((other) => other.value !== place));

  const show = () => {
    const free = nextFree();
    places.forEach((place, index) => {
      const isDouble = places.some((other) => other !== place && isSame(other, place));
      place.closest("tr").classList.toggle("is-double", isDouble);
      buttons[index].hidden = place.value !== "" || free === undefined;
      buttons[index].textContent = `→ ${free}`;
    });
  };

  const give = (/** @type {HTMLSelectElement} */ place, /** @type {string} */ value) => {
    place.value = value;
    show();
  };

  /** @param {HTMLSelectElement} place */
  function button(place) {
    const made = document.createElement("button");
    made.type = "button";
    made.tabIndex = -1; // the keyboard has its own way
    made.addEventListener("click", () => {
      give(place, nextFree());
      if (nextFree() === undefined || places.every((one) => one.value)) save.focus();
    });
    place.after(made);
    return made;
  }

  form.addEventListener("keydown", (event) => {
    const index = places.indexOf(/** @type {HTMLSelectElement} */ (event.target));
    if (index < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const value = KEYS.get(event.key.toLowerCase());
    if (value !== undefined) {
      give(places[index], value);
      (places[index + 1] ?? save).focus();
    } else if (event.key === "Backspace") {
      const last = places[index].value === "" && index > 0 ? index - 1 : index;
      give(places[last], "");
      places[last].focus();
    } else if (event.key === "Enter") {
      form.requestSubmit(save);
    } else return;
    event.preventDefault();
  });
  form.addEventListener("change", show);

  for (const hint of form.querySelectorAll("[data-hint]")) hint.hidden = false;
  show();
}

/** Whether two rows have one place; several may be absent. */
function isSame(/** @type {HTMLSelectElement} */ one, /** @type {HTMLSelectElement} */ other) {
  return one.value !== "" && one.value !== ABSENT && one.value === other.value;
}

const form = document.querySelector(".sheet form");
if (form) attach(/** @type {HTMLFormElement} */ (form));
