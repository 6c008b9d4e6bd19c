import { cellOf, keyOf, rowsOf, textCell } from "./cells.js";
import { Line } from "./line.js";
import { appear, glide, mayMove, vanish } from "./motion.js";
import { tableOf } from "./tables.js";

/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./spec.js").Look} Look */
/** @typedef {import("./types.js").Picture} Picture */

const DEFAULT_COLOR = "#ffffff";
const JUSTIFY = { left: "flex-start", center: "center", right: "flex-end" };

/**
 * One element on the stage. A drawing calls `look`, `write`, `measure` and `settle` on all views
 * in turn: the first and third only read the layout, the others only change it.
 */
export class View {
  node = document.createElement("div");
  /** @protected @type {Spec} */
  spec;
  #lookKey = "";

  /** @param {Spec} spec */
  constructor(spec) {
    this.spec = spec;
    this.node.className = `element ${spec.type}`;
    this.node.dataset.element = spec.id;
  }

  get type() {
    return this.spec.type;
  }

  look() {}

  /** @param {Spec} spec @param {Picture} picture */
  write(spec, picture) {
    this.spec = spec;
    const key = JSON.stringify([spec.x, spec.y, spec.look]);
    if (key !== this.#lookKey) {
      this.#lookKey = key;
      this.node.style.left = `${spec.x}px`;
      this.node.style.top = `${spec.y}px`;
      dress(this.node, spec.look);
      this.loosen();
    }
    this.writeLines(picture);
  }

  /** Have every line measured again, as after a font has come. */
  loosen() {
    this.lines().forEach((line) => line.loosen());
  }

  measure() {
    this.lines().forEach((line) => line.measure(this.spec.look));
  }

  settle() {
    this.lines().forEach((line) => line.fit(this.spec.look));
  }

  retire() {
    this.lines().forEach((line) => line.retire());
    this.node.remove();
  }

  /** @protected @returns {Line[]} */
  lines() {
    return [];
  }

  /** @protected @param {Picture} _picture */
  writeLines(_picture) {}
}

class TextView extends View {
  #line = new Line("line");

  /** @param {Spec} spec */
  constructor(spec) {
    super(spec);
    this.node.append(this.#line.node);
  }

  lines() {
    return [this.#line];
  }

  /** @param {Picture} picture */
  writeLines(picture) {
    this.#line.write(textCell(this.spec, picture));
  }
}

/**
 * @typedef {object} Seat
 * @property {Line} line
 * @property {string} place The transform that puts it there.
 * @property {string} from Where it is seen before the drawing; empty for a new one.
 * @property {boolean} hasMoved By the drawing under way.
 * @property {Animation | null} animation
 */

class ListView extends View {
  /** @type {Map<string, Seat>} */
  #seats = new Map();
  #wasShown = false;

  lines() {
    return [...this.#seats.values()].map(({ line }) => line);
  }

  look() {
    for (const seat of this.#seats.values()) {
      const isMoving = seat.animation?.playState === "running";
      seat.from = isMoving ? getComputedStyle(seat.line.node).transform : seat.place;
    }
  }

  /** @param {Picture} picture */
  writeLines({ standings }) {
    const table = tableOf(standings, this.spec.stage);
    const rows = rowsOf(this.spec, table, standings);
    const gone = new Map(this.#seats);
    rows.forEach((row, index) => {
      const key = keyOf(row);
      const seat = this.#seats.get(key) ?? this.#seat(key);
      gone.delete(key);
      seat.line.write(cellOf(this.spec, row, table));
      this.#place(seat, index);
    });
    gone.forEach((seat, key) => this.#dismiss(seat, key));
    this.#wasShown = true;
  }

  settle() {
    super.settle();
    for (const seat of this.#seats.values()) {
      if (!seat.hasMoved) continue;
      seat.hasMoved = false;
      seat.animation?.cancel();
      seat.animation = mayMove() ? glide(seat.line.node, seat.from, seat.place) : null;
    }
  }

  /** @param {string} key @returns {Seat} */
  #seat(key) {
    const line = new Line("row");
    const seat = { line, place: "", from: "", hasMoved: false, animation: null };
    line.node.dataset.participant = key;
    this.#seats.set(key, seat);
    if (this.#wasShown && mayMove()) appear(line.node);
    return seat;
  }

  /** @param {Seat} seat @param {number} index */
  #place(seat, index) {
    const { node } = seat.line;
    const distance = index * this.spec.spacing;
    const place = this.spec.direction === "row" ? `${distance}px, 0px` : `0px, ${distance}px`;
    node.dataset.index = String(index);
    if (this.node.children[index] !== node) this.node.insertBefore(node, this.node.children[index] ?? null);
    if (seat.place === `translate(${place})`) return;
    seat.hasMoved = seat.place !== "";
    seat.place = `translate(${place})`;
    node.style.transform = seat.place;
  }

  /** @param {Seat} seat @param {string} key */
  #dismiss({ line }, key) {
    this.#seats.delete(key);
    line.retire();
    line.node.className = "leaving";
    delete line.node.dataset.participant;
    delete line.node.dataset.index;
    if (mayMove()) vanish(line.node);
    else line.node.remove();
  }
}

/** @param {Spec} spec @returns {View} */
export function viewOf(spec) {
  return spec.type === "text" ? new TextView(spec) : new ListView(spec);
}

/** @param {HTMLElement} node @param {Look} look */
function dress(node, look) {
  const { style } = node;
  // A value that CSS refuses leaves the one before it in place, so the default goes first.
  style.fontFamily = ""; // the fonts of the page
  if (look.fontFamily) style.fontFamily = look.fontFamily;
  style.color = DEFAULT_COLOR;
  if (look.color) style.color = look.color;
  style.fontSize = `${look.fontSize}px`;
  style.fontWeight = String(look.weight);
  style.fontStyle = look.italic ? "italic" : "normal";
  style.textTransform = look.uppercase ? "uppercase" : "none";
  style.opacity = String(look.opacity);
  style.setProperty("--decoration", look.underline ? "underline" : "none");
  style.setProperty("--tracking", `${look.letterSpacing}px`);
  style.setProperty("--justify", JUSTIFY[look.align]);
  style.setProperty("--origin", look.align);
}
