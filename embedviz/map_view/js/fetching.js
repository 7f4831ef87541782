// @ts-check
// Answers to the map's requests: who answers them, and binary buffers checked for their length.

/** @typedef {Map<string, Promise<Response | null>>} EarlyRequests address -> answer, requested before the modules came */

/**
 * Answers a request by one of the addresses in a message from Python, with parameters added: the app's server, a page that
 * works offline, a notebook's kernel.
 * @typedef {(address: string, options?: {signal?: AbortSignal}) => Promise<Response>} Fetcher
 */

/** @typedef {(bytes: ArrayBuffer, received: number) => void} OnPart received: how many of the bytes have come */

/** @type {(n: number) => string} */
export const formatCount = (n) => n.toLocaleString("en");

/** @type {(error: unknown) => string} */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The app's server; addresses are relative to the page's.
 * @type {Fetcher}
 */
export const fetchFromServer = (address, options) => fetch(new URL(address, document.baseURI), options);

/** @type {(address: string, parameters: Record<string, string>) => string} */
export const withParameters = (address, parameters) =>
  `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams(parameters)}`;

/**
 * Fetch a buffer. Rejects with a sentence for the person when the server refuses or sends another number of bytes.
 * @param {Fetcher} fetcher
 * @param {string} address
 * @param {number} expected bytes
 * @param {string} what the buffer holds
 * @param {object} options
 * @param {AbortSignal} [options.signal]
 * @param {EarlyRequests} [options.early] requests already under way; each is used once
 * @param {OnPart} [options.onPart] called as the bytes come
 */
export async function fetchBytes(fetcher, address, expected, what, { signal, early, onPart } = {}) {
  let answer;
  try {
    const request = early?.get(address);
    early?.delete(address);
    answer = (await request) ?? (await fetcher(address, { signal }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Error(`The map's ${what} could not be fetched: the server does not answer.`);
  }
  if (!answer.ok) throw new Error(`The map's ${what} could not be fetched: the server answered ${answer.status}.`);
  const bytes = await (onPart ? collect(answer, expected, onPart) : answer.arrayBuffer());
  if (bytes.byteLength !== expected) {
    throw new Error(
      `The map's ${what} should be ${formatCount(expected)} bytes, but ${formatCount(bytes.byteLength)} came.`,
    );
  }
  return bytes;
}

/**
 * The whole answer, of which what has come is handed out on the way. Bytes past the expected ones are dropped.
 * @type {(answer: Response, expected: number, onPart: OnPart) => Promise<ArrayBuffer>}
 */
async function collect(answer, expected, onPart) {
  const bytes = new Uint8Array(expected);
  let received = 0;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes.set(part.value.subarray(0, expected - received), received);
    received = Math.min(expected, received + part.value.length);
    onPart(bytes.buffer, received);
  }
  return received === expected ? bytes.buffer : bytes.buffer.slice(0, received);
}
