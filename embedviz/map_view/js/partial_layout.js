// @ts-check
// Polls the partial layout of a map that is still being optimised, and hands over each new one.

import { BYTES_PER_POSITION, LAYOUT_VERSION_HEADER } from "./exchange.js";
import { messageOf, withParameters } from "./fetching.js";

/** @import { Fetcher } from "./fetching.js" */

const POLL_INTERVAL_MS = 350;
/** @type {(ms: number) => Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class PartialLayoutPoller {
  /**
   * @param {Fetcher} fetcher
   * @param {(positions: Uint16Array) => void} onPositions
   */
  constructor(fetcher, onPositions) {
    this.fetcher = fetcher;
    this.onPositions = onPositions;
    /** @type {string | null} */
    this.address = null;
  }

  /**
   * @param {string | null} address where to ask, or null to stop
   * @param {number} n points that are expected; a layout of another number is passed over
   */
  async follow(address, n) {
    if (address === this.address) return;
    this.address = address;
    let version = "";
    while (address && this.address === address) {
      try {
        const answer = await this.fetcher(withParameters(address, { after: version }));
        if (answer.status === 200) {
          version = answer.headers.get(LAYOUT_VERSION_HEADER) ?? "";
          const bytes = await answer.arrayBuffer();
          const isExpected = bytes.byteLength === BYTES_PER_POSITION * n;
          if (isExpected && this.address === address) this.onPositions(new Uint16Array(bytes));
        }
      } catch (error) {
        console.warn(`embedviz map: the partial layout could not be fetched: ${messageOf(error)}`); // the next time, then
      }
      await pause(POLL_INTERVAL_MS);
    }
  }

  stop() {
    this.address = null;
  }
}
