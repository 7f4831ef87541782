// @ts-check
// Binary buffers from the server, checked for their length.

/** @typedef {Map<string, Promise<Response | null>>} EarlyRequests address -> answer, requested before the modules came */

/** @type {(n: number) => string} */
export const formatCount = (n) => n.toLocaleString("en");

/** @type {(error: unknown) => string} */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Fetch a buffer. Rejects with a sentence for the person when the server refuses or sends another number of bytes.
 * @param {string} address
 * @param {number} expected bytes
 * @param {string} what the buffer holds
 * @param {{signal?: AbortSignal, early?: EarlyRequests}} options early: requests already under way; each is used once
 */
export async function fetchBytes(address, expected, what, { signal, early } = {}) {
  let answer;
  try {
    const request = early?.get(address);
    early?.delete(address);
    answer = (await request) ?? (await fetch(new URL(address, document.baseURI), { signal }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Error(`The map's ${what} could not be fetched: the server does not answer.`);
  }
  if (!answer.ok) throw new Error(`The map's ${what} could not be fetched: the server answered ${answer.status}.`);
  const bytes = await answer.arrayBuffer();
  if (bytes.byteLength !== expected) {
    throw new Error(
      `The map's ${what} should be ${formatCount(expected)} bytes, but ${formatCount(bytes.byteLength)} came.`,
    );
  }
  return bytes;
}
