// Textareas with data-json-editor: says while one types whether the text is JSON. What is said of a
// line, here or by the server, leads to that line. Ctrl+S saves and stays. The server judges what is saved; this only spares a round trip. It never rewrites the text:
// JSON.stringify would turn 1.0 into 1 and sort keys that look like numbers.

const PAUSE_MS = 250;
const LINE = /\bline (\d+)/i;
const LINES_ABOVE = 4;

/** @param {HTMLTextAreaElement} area */
function attach(area) {
  const status = document.createElement("p");
  status.className = "json-status";
  status.setAttribute("role", "status");
  area.after(status);

  const judge = () => {
    const verdict = verdictOn(area.value);
    say(status, verdict.text, area);
    status.classList.toggle("is-bad", !verdict.isGood);
  };
  let timer = 0;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(judge, PAUSE_MS);
  });
  judge();
  for (const error of area.closest(".form-row, form")?.querySelectorAll(".errorlist li") ?? []) {
    say(/** @type {HTMLElement} */ (error), error.textContent ?? "", area);
  }
}

/**
 * The sentence, as a button if it names a line.
 * @param {HTMLElement} where @param {string} sentence @param {HTMLTextAreaElement} area
 */
function say(where, sentence, area) {
  const line = Number(LINE.exec(sentence)?.[1] ?? 0);
  if (!line) {
    where.textContent = sentence;
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jump";
  button.textContent = sentence;
  button.addEventListener("click", () => jump(area, line));
  where.replaceChildren(button);
}

/** Select a line and bring it into view. @param {HTMLTextAreaElement} area @param {number} line */
function jump(area, line) {
  const lines = area.value.split("\n");
  const index = Math.min(line, lines.length) - 1;
  const start = lines.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0);
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.focus();
  area.setSelectionRange(start, start + lines[index].length);
  area.scrollTop = Math.max(index - LINES_ABOVE, 0) * height;
  area.scrollLeft = 0;
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
