import { graphicIdOf } from "./address.js";
import { Drawing } from "./draw.js";
import { appear, mayMove } from "./motion.js";
import { obeyReload } from "./reload.js";
import { scaleToWindow } from "./stage.js";
import { OverlayStream } from "./stream.js";

/** @typedef {import("./types.js").Picture} Picture */

const PARTS_WAIT_MS = 2_000;
const FRAME_WAIT_MS = 100;

/** @param {string} graphicId */
function follow(graphicId) {
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  const facts = document.documentElement.dataset;
  const drawing = new Drawing(stage);
  /** @type {Picture | null} */
  let waiting = null;
  let isScheduled = false;

  const draw = () => {
    if (!waiting) return;
    const { graphic, seq } = waiting;
    if (drawing.draw(waiting)) facts.version = String(graphic.version);
    waiting = null;
    if (seq === null) delete facts.seq;
    else facts.seq = String(seq);
    if (seq !== null && facts.version) stream.reportRendered(Number(facts.version), seq);
    void reveal(stage, drawing);
  };

  const stream = new OverlayStream({
    graphicId,
    onPicture: (picture) => {
      waiting = picture;
      if (isScheduled) return;
      isScheduled = true;
      beforeNextFrame(() => {
        isScheduled = false;
        draw();
      });
    },
    onState: (state) => {
      facts.state = state;
    },
    onReload: obeyReload,
  });

  scaleToWindow(stage);
  document.fonts.addEventListener("loadingdone", () => drawing.refit());
  stream.start();
}

/**
 * Show the stage for the first time, as a whole: with its fonts and its background, unless they
 * take long.
 *
 * @param {HTMLElement} stage @param {Drawing} drawing
 */
async function reveal(stage, drawing) {
  if (stage.classList.contains("shown")) return;
  const parts = Promise.all([document.fonts.ready, drawing.backgroundSettled]);
  await Promise.race([parts, new Promise((resolve) => setTimeout(resolve, PARTS_WAIT_MS))]);
  if (stage.classList.contains("shown")) return;
  stage.classList.add("shown");
  if (mayMove()) appear(stage);
}

/**
 * Run before the next frame is drawn, or soon if none is: a hidden page has to be right when it
 * is switched to.
 *
 * @param {() => void} act
 */
function beforeNextFrame(act) {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    act();
  };
  requestAnimationFrame(once);
  setTimeout(once, FRAME_WAIT_MS);
}

/** Nothing that goes wrong here may ever be seen on air. @param {Event} event */
function keepToTheConsole(event) {
  const { error, reason, message } = /** @type {any} */ (event);
  console.warn("overlay:", error ?? reason ?? message ?? event.type);
  event.preventDefault();
}

addEventListener("error", keepToTheConsole);
addEventListener("unhandledrejection", keepToTheConsole);

const graphicId = graphicIdOf(location.pathname);
if (graphicId !== null) follow(graphicId);
