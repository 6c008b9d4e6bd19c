const LARGEST_ID = 2n ** 63n - 1n;
const KEY = /\/overlay\/k\/([A-Za-z0-9_.:-]{1,200})$/;

/**
 * Which graphic a page's address ends with: its id as text (ids go beyond what a JavaScript number
 * holds), `k/<key>` if it is opened by a key, or null if the address names none. The addresses of
 * its socket and of its view end alike.
 *
 * @param {string} pathname
 * @returns {string | null}
 */
export function graphicIdOf(pathname) {
  const address = pathname.replace(/\/$/, "");
  const key = KEY.exec(address)?.[1];
  if (key !== undefined) return `k/${key}`;
  const last = address.split("/").pop() ?? "";
  return /^[1-9][0-9]{0,18}$/.test(last) && BigInt(last) <= LARGEST_ID ? last : null;
}
