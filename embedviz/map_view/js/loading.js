// @ts-check
// Loads a map's buffers: points, colours, sizes, filters. What is stale is fetched together, so that a frame has all of it.

import { BYTES_PER_COLOR_CODE, BYTES_PER_PASSING, BYTES_PER_POSITION, BYTES_PER_SIZE_CODE } from "./exchange.js";
import { fetchBytes, messageOf } from "./fetching.js";
import { NO_COLORS } from "./palette.js";

/** @import { MapMessage } from "./exchange.js" */
/** @import { EarlyRequests, Fetcher } from "./fetching.js" */
/** @import { Colors } from "./palette.js" */

/** @typedef {"points" | "colors" | "sizes" | "passing"} BufferName */

/**
 * The buffers that came: null for positions and colours that stay as they are, undefined for sizes and filters that do.
 * @typedef {object} Arrival
 * @property {Uint16Array | null} positions
 * @property {Colors | null} colors
 * @property {Uint8Array | null | undefined} sizes
 * @property {Uint8Array | null | undefined} passing
 */

/** @typedef {{signal: AbortSignal, early?: EarlyRequests}} RequestOptions */

const NOTHING = { points: false, colors: false, sizes: false, passing: false };

export class Loading {
  /**
   * @param {Fetcher} fetcher
   * @param {object} handlers
   * @param {() => void} handlers.onStart
   * @param {(arrival: Arrival) => void} handlers.onArrival
   * @param {(message: string) => void} handlers.onFailure
   */
  constructor(fetcher, { onStart, onArrival, onFailure }) {
    this.fetcher = fetcher;
    this.onStart = onStart;
    this.onArrival = onArrival;
    this.onFailure = onFailure;
    this.missing = { ...NOTHING };
    this.running = new AbortController();
  }

  get hasPoints() {
    return !this.missing.points;
  }

  /**
   * Fetch the stale buffers and those still missing.
   * @param {MapMessage} data
   * @param {BufferName[]} stale
   * @param {EarlyRequests} [early]
   */
  async fetch(data, stale, early) {
    for (const name of stale) this.missing[name] = true;
    if (!Object.values(this.missing).some(Boolean)) return;
    this.running.abort();
    this.running = new AbortController();
    const { missing, fetcher } = this;
    const { signal } = this.running;
    const options = { signal, early };
    this.onStart();
    try {
      const [points, colors, sizes, passing] = await Promise.all([
        missing.points ? fetchBytes(fetcher, data.points_url, BYTES_PER_POSITION * data.n, "points", options) : null,
        missing.colors ? fetchColors(fetcher, data, options) : null,
        missing.sizes
          ? fetchOptional(fetcher, data.sizes_url, BYTES_PER_SIZE_CODE * data.n, "sizes", options)
          : undefined,
        missing.passing
          ? fetchOptional(fetcher, data.passing_url, BYTES_PER_PASSING * data.n, "filters", options)
          : undefined,
      ]);
      if (signal.aborted) return;
      this.missing = { ...NOTHING };
      this.onArrival({ positions: points && new Uint16Array(points), colors, sizes, passing });
    } catch (error) {
      if (!signal.aborted) this.onFailure(messageOf(error));
    }
  }

  stop() {
    this.running.abort();
  }
}

/**
 * @param {Fetcher} fetcher
 * @param {MapMessage} data
 * @param {RequestOptions} options
 * @returns {Promise<Colors>}
 */
async function fetchColors(fetcher, { colors_url: address, color_kind: kind, legend, n }, options) {
  const codes = await fetchOptional(fetcher, address, BYTES_PER_COLOR_CODE * n, "colours", options);
  return codes && kind ? /** @type {Colors} */ ({ kind, legend, codes }) : NO_COLORS;
}

/**
 * The bytes, or null where there are none: a map in one colour is of use still.
 * @type {(fetcher: Fetcher, address: string | null, expected: number, what: string, options: RequestOptions) => Promise<Uint8Array | null>}
 */
async function fetchOptional(fetcher, address, expected, what, options) {
  if (!address) return null;
  try {
    return new Uint8Array(await fetchBytes(fetcher, address, expected, what, options));
  } catch (error) {
    if (!options.signal.aborted) console.warn(`embedviz map: ${messageOf(error)}`);
    return null;
  }
}
