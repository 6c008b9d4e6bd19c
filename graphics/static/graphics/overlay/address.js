const LARGEST_ID = 2n ** 63n - 1n;

/**
 * The id of the graphic that a page's address ends with, as text (ids go beyond what a
 * JavaScript number holds), or null if the address names none.
 *
 * @param {string} pathname
 * @returns {string | null}
 */
export function graphicIdOf(pathname) {
  const last = pathname.replace(/\/$/, "").split("/").pop() ?? "";
  return /^[1-9][0-9]{0,18}$/.test(last) && BigInt(last) <= LARGEST_ID ? last : null;
}
