import { appear, count, mayMove, stopCount } from "./motion.js";

/** @typedef {import("./cells.js").Cell} Cell */
/** @typedef {import("./spec.js").Look} Look */

/** Letters may become this much narrower before they become smaller too. */
const NARROWEST = 0.78;

/**
 * One line of text: aligned at its place without taking any room, and made to fit its width.
 *
 * Changing it is split into `write`, `measure` and `fit`, so that a drawing of many lines reads
 * the layout once.
 */
export class Line {
  node = document.createElement("div");
  #body = document.createElement("span");
  #mark = document.createElement("span");
  #figure = document.createElement("span");
  /** @type {Cell | null} */
  #cell = null;
  #isFitted = true;
  #naturalWidth = 0;
  /** Where to count from once the final number has been measured. @type {number | null} */
  #countFrom = null;

  /** @param {string} className */
  constructor(className) {
    this.node.className = className;
    this.#body.className = "body";
    this.#mark.className = "mark";
    this.#body.append(this.#mark, this.#figure);
    this.node.append(this.#body);
  }

  /** @param {Cell} cell */
  write(cell) {
    const before = this.#cell;
    if (before && before.kind === cell.kind && before.value === cell.value && before.mark === cell.mark) {
      return;
    }
    this.#cell = cell;
    this.#isFitted = false;
    this.node.dataset.value = cell.value;
    this.#body.className = cell.mark ? `body ${cell.kind} ${cell.mark}` : `body ${cell.kind}`;
    this.#mark.textContent = cell.mark === "tied" ? "=" : "";
    this.#show(before, cell);
  }

  /** What it says is to be measured again, because its look has changed. */
  loosen() {
    this.#isFitted = false;
  }

  /** Read the layout. @param {Look} look */
  measure({ width }) {
    if (!this.#isFitted && width !== null) this.#naturalWidth = this.#body.offsetWidth;
  }

  /** @param {Look} look */
  fit({ width }) {
    if (this.#isFitted) return;
    this.#isFitted = true;
    const ratio = width === null ? 1 : Math.min(1, width / Math.max(1, this.#naturalWidth));
    const height = Math.min(1, ratio / NARROWEST);
    this.#body.style.transform = ratio === 1 ? "" : `scale(${ratio}, ${height})`;
    this.#startCount();
  }

  /** Stop everything that would still change it. */
  retire() {
    stopCount(this);
  }

  /** @param {Cell | null} before @param {Cell} cell */
  #show(before, cell) {
    this.#figure.textContent = cell.text;
    const maySee = before !== null && mayMove();
    const isCount = maySee && before.number !== null && cell.number !== null;
    this.#countFrom = isCount ? before.number : null;
    if (isCount) return;
    stopCount(this);
    if (maySee) appear(this.#body);
  }

  #startCount() {
    if (this.#countFrom === null || this.#cell?.number == null) return;
    count(this, this.#countFrom, this.#cell.number, (text) => {
      this.#figure.textContent = text;
    });
    this.#countFrom = null;
  }
}
