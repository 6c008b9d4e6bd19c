import { Background } from "./background.js";
import { canvasOf, specOf } from "./spec.js";
import { viewOf } from "./views.js";

/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./types.js").Picture} Picture */
/** @typedef {import("./views.js").View} View */

/**
 * Keeps the stage like the newest picture, touching only what changed.
 *
 * Nothing that a document holds can empty the stage: an element that cannot be drawn is left out
 * or, if it was there before, left as it was; a document without any drawable element leaves
 * everything as it was.
 */
export class Drawing {
  #elements;
  #background;
  /** @type {Map<string, View>} */
  #views = new Map();

  /** @param {HTMLElement} stage */
  constructor(stage) {
    const backdrop = document.createElement("div");
    backdrop.className = "backdrop";
    this.#elements = document.createElement("div");
    this.#elements.className = "elements";
    stage.append(backdrop, this.#elements);
    this.#background = new Background(backdrop);
  }

  /** Settles when the background is there or has failed. */
  get backgroundSettled() {
    return this.#background.settled;
  }

  /**
   * @param {Picture} picture
   * @returns {boolean} false if its document is none that can be drawn: nothing has changed then.
   */
  draw(picture) {
    const canvas = canvasOf(picture.graphic.data_json);
    if (canvas === null) return false;
    const plan = this.#plan(canvas.elements);
    const isDrawable = canvas.elements.length === 0 || [...plan.values()].some((spec) => spec !== null);
    if (!isDrawable) return false;

    this.#background.set(canvas.background);
    this.#arrange(plan);
    const views = [...plan.keys()].flatMap((key) => this.#views.get(key) ?? []);
    each(views, (view) => view.look());
    for (const [key, spec] of plan) {
      const view = this.#views.get(key);
      if (view && spec) attempt(() => view.write(spec, picture));
    }
    fit(views);
    return true;
  }

  /** Fit every text again, as after a font has come. */
  refit() {
    const views = [...this.#views.values()];
    each(views, (view) => view.loosen());
    fit(views);
  }

  /**
   * What is to stand on the stage, in drawing order; null keeps a view as it is.
   *
   * @param {any[]} elements
   * @returns {Map<string, Spec | null>}
   */
  #plan(elements) {
    const plan = new Map();
    elements.forEach((element, index) => {
      const key = uniqueKey(plan, String(element?.id ?? `at ${index}`));
      const spec = attempt(() => specOf(element));
      if (spec || this.#views.has(key)) plan.set(key, spec ?? null);
    });
    return plan;
  }

  /** Make, take away and order the views. @param {Map<string, Spec | null>} plan */
  #arrange(plan) {
    for (const [key, view] of this.#views) {
      const spec = plan.get(key);
      if (plan.has(key) && (!spec || spec.type === view.type)) continue;
      view.retire();
      this.#views.delete(key);
    }
    let index = 0;
    for (const [key, spec] of plan) {
      const view = this.#views.get(key) ?? (spec && viewOf(spec));
      if (!view) continue;
      this.#views.set(key, view);
      const { children } = this.#elements;
      if (children[index] !== view.node) this.#elements.insertBefore(view.node, children[index] ?? null);
      index += 1;
    }
  }
}

/** @param {View[]} views */
function fit(views) {
  each(views, (view) => view.measure());
  each(views, (view) => view.settle());
}

/** @param {Map<string, unknown>} taken @param {string} key */
function uniqueKey(taken, key) {
  let unique = key;
  for (let copy = 2; taken.has(unique); copy += 1) unique = `${key} (${copy})`;
  return unique;
}

/** @param {View[]} views @param {(view: View) => void} act */
function each(views, act) {
  views.forEach((view) => attempt(() => act(view)));
}

/**
 * One element's failure stays its own.
 *
 * @template Result
 * @param {() => Result} act
 * @returns {Result | undefined}
 */
function attempt(act) {
  try {
    return act();
  } catch (error) {
    console.warn("overlay: an element cannot be drawn", error);
    return undefined;
  }
}
