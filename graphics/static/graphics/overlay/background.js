import { Backoff } from "./backoff.js";
import { mayMove } from "./motion.js";

const INLINE_IMAGE = /^data:image\/(png|jpeg|gif|webp|avif)[;,]/i;
const FADE_MS = 300;
const RETRY_AT_LEAST_MS = 2_000;

/** @typedef {{ url: string | null, width: unknown, height: unknown }} Wanted */

/**
 * The address of a background as the page may load it, or null: pictures over http(s), of this
 * server, or inline; vector files, which could carry more than a picture, only from this server.
 *
 * @param {unknown} url
 * @returns {string | null}
 */
export function imageAddress(url) {
  if (typeof url !== "string" || url === "") return null;
  if (url.startsWith("data:")) return INLINE_IMAGE.test(url) ? url : null;
  let address;
  try {
    address = new URL(url, location.origin);
  } catch {
    return null;
  }
  if (!["http:", "https:"].includes(address.protocol)) return null;
  const isVector = address.pathname.toLowerCase().endsWith(".svg");
  return isVector && address.origin !== location.origin ? null : address.href;
}

/**
 * The picture behind everything. A new one is shown only when it is there and decoded; until
 * then, and for as long as it fails, the old one stays.
 */
export class Background {
  #layer;
  #backoff = new Backoff();
  /** @type {Wanted} */
  #wanted = { url: null, width: undefined, height: undefined };
  /** @type {HTMLImageElement | null} */
  #shown = null;
  /** Settles when the first picture is there, or has failed. @type {Promise<void>} */
  settled = Promise.resolve();

  /** @param {HTMLElement} layer */
  constructor(layer) {
    this.#layer = layer;
  }

  /** @param {any} background As in the document; null for none. */
  set(background) {
    const url = imageAddress(background?.imageUrl);
    if (background?.imageUrl && url === null) {
      console.warn("overlay: the background is no picture that may be shown");
      return;
    }
    const wanted = { url, width: background?.width, height: background?.height };
    if (isSame(wanted, this.#wanted)) return;
    this.#wanted = wanted;
    this.#backoff.reset();
    if (url === null) this.#swap(null);
    else this.settled = this.#load(wanted, url);
  }

  /** @param {Wanted} wanted @param {string} url */
  async #load(wanted, url) {
    const image = new Image();
    image.alt = "";
    image.src = url;
    setSide(image, "width", wanted.width);
    setSide(image, "height", wanted.height);
    try {
      await image.decode();
    } catch (error) {
      console.warn("overlay: the background could not be loaded", error);
      setTimeout(() => {
        if (wanted === this.#wanted) void this.#load(wanted, url);
      }, RETRY_AT_LEAST_MS + this.#backoff.next());
      return;
    }
    if (wanted === this.#wanted) this.#swap(image);
  }

  /** @param {HTMLImageElement | null} image */
  #swap(image) {
    const before = this.#shown;
    this.#shown = image;
    if (image) this.#layer.append(image);
    if (!before) return;
    if (!mayMove()) {
      before.remove();
      return;
    }
    // The new one comes in over the old: two half transparent ones would let the air through.
    const isFadingIn = image !== null;
    const frames = isFadingIn ? [{ opacity: 0 }, { opacity: 1 }] : [{ opacity: 1 }, { opacity: 0 }];
    (image ?? before).animate(frames, { duration: FADE_MS, fill: isFadingIn ? "none" : "forwards" });
    setTimeout(() => before.remove(), FADE_MS);
  }
}

/** @param {Wanted} one @param {Wanted} other */
function isSame(one, other) {
  return one.url === other.url && one.width === other.width && one.height === other.height;
}

/** @param {HTMLImageElement} image @param {"width" | "height"} side @param {unknown} length */
function setSide(image, side, length) {
  const pixels = Number(length);
  if (Number.isFinite(pixels) && pixels > 0) image.style[side] = `${pixels}px`;
}
