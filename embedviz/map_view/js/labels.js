// @ts-check
// The points' labels, fetched as they are needed.

import { withParameters } from "./fetching.js";

/** @import { FirstLabels } from "./exchange.js" */
/** @import { Fetcher } from "./fetching.js" */

const MAX_ALL_AT_ONCE = 20000; // points up to which all labels come in one request
const FIRST = 2000; // of larger maps the most telling ones come first, the rest by id
const MAX_IDS = 150; // ids in one request: the address stays below 2,000 characters
const MAX_LENGTH = 48;
const REQUEST_DELAY_MS = 40;

/**
 * One line of a label, at most 48 characters.
 * @param {unknown} label
 */
export function shorten(label) {
  const line = String(label).replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join("")}…` : line;
}

export class Labels {
  /**
   * @param {Fetcher} fetcher
   * @param {string | null} address
   * @param {number} count of the points
   * @param {() => void} onArrival called after each answer
   */
  constructor(fetcher, address, count, onArrival) {
    this.fetcher = fetcher;
    this.address = address;
    this.onArrival = onArrival;
    /** @type {string[]} */
    this.known = new Array(Math.min(count, MAX_ALL_AT_ONCE)); // sparse beyond
    /** @type {number[]} */
    this.first = []; // ids of the most telling labels, the first above all
    /** @type {Set<number>} */
    this.requested = new Set();
    /** @type {Set<number>} */
    this.wanted = new Set();
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
    this.stop = new AbortController();
    this.pendingFirst = Boolean(address && count);
    if (this.pendingFirst) this.fetchFirst(count <= MAX_ALL_AT_ONCE ? count : FIRST);
  }

  /**
   * The label, undefined while it is not known.
   * @param {number} id
   * @returns {string | undefined}
   */
  get(id) {
    return this.known[id];
  }

  /**
   * Request the labels not known yet; onArrival() follows.
   * @param {Iterable<number>} ids
   */
  want(ids) {
    if (!this.address) return;
    for (const id of ids) {
      if (this.known[id] === undefined && !this.requested.has(id)) this.wanted.add(id);
    }
    if (this.wanted.size && !this.pendingFirst) this.timer ??= setTimeout(() => this.send(), REQUEST_DELAY_MS);
  }

  /** @param {number} n */
  async fetchFirst(n) {
    await this.fetch({ first: String(n) }, (/** @type {FirstLabels} */ { ids, labels }) => {
      this.first = ids;
      for (const [i, id] of ids.entries()) this.known[id] = labels[i];
    });
    this.pendingFirst = false;
    const asked = this.wanted;
    this.wanted = new Set();
    this.want(asked);
  }

  async send() {
    this.timer = null;
    const ids = [...this.wanted].slice(-MAX_IDS); // the latest first: they are what is in sight
    this.wanted.clear();
    for (const id of ids) this.requested.add(id);
    const arrived = await this.fetch({ ids: ids.join(",") }, (/** @type {string[]} */ labels) => {
      for (const [i, id] of ids.entries()) this.known[id] = labels[i];
    });
    if (!arrived) for (const id of ids) this.requested.delete(id);
  }

  /**
   * @template T
   * @param {Record<string, string>} parameters
   * @param {(answer: T) => void} store
   * @returns {Promise<boolean>} whether the labels came
   */
  async fetch(parameters, store) {
    const address = withParameters(this.address ?? "", parameters);
    try {
      const answer = await this.fetcher(address, { signal: this.stop.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      store(await answer.json());
      return true;
    } catch (error) {
      // The map is of use without labels; the console says why there are none.
      if (!this.stop.signal.aborted) console.warn(`embedviz map: labels not fetched from ${address}`, error);
      return false;
    } finally {
      if (!this.stop.signal.aborted) this.onArrival();
    }
  }

  destroy() {
    clearTimeout(this.timer ?? undefined);
    this.stop.abort();
  }
}
