// Textareas with data-json-editor: says while one types whether the text is JSON. Ctrl+S saves and
// stays. The server judges what is saved; this only spares a round trip. It never rewrites the text:
// JSON.stringify would turn 1.0 into 1 and sort keys that look like numbers.

const PAUSE_MS = 250;

/** @param {HTMLTextAreaElement} area */
function attach(area) {
  const status = document.createElement("p");
  status.className = "json-status";
  status.setAttribute("role", "status");
  area.after(status);

  const judge = () => {
    const verdict = verdictOn(area.value);
    status.textContent = verdict.text;
    status.classList.toggle("is-bad", !verdict.isGood);
  };
  let timer = 0;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(judge, PAUSE_MS);
  });
  judge();
}

/** @param {string} text */
function verdictOn(text) {
  try {
    const value = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      return { isGood: false, text: "The document must be an object: { … }" };
    }
    const count = Array.isArray(value.elements) ? value.elements.length : null;
    const kib = (new Blob([text]).size / 1024).toFixed(1);
    const elements = count === null ? "no list of elements" : `${count} element${count === 1 ? "" : "s"}`;
    return { isGood: true, text: `Valid JSON · ${elements} · ${kib} KiB` };
  } catch (error) {
    return { isGood: false, text: `Not valid JSON yet: ${error.message}` };
  }
}

for (const area of document.querySelectorAll("textarea[data-json-editor]")) {
  attach(/** @type {HTMLTextAreaElement} */ (area));
}

document.addEventListener("keydown", (event) => {
  const button = document.querySelector('input[name="_continue"]');
  if (button && event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    /** @type {HTMLInputElement} */ (button).click();
  }
});
