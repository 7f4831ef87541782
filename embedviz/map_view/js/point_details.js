// @ts-check
// Columns and neighbours of single points, fetched as it is needed and kept for a while.

import { withParameters } from "./fetching.js";

/** @import { PointAnswer } from "./exchange.js" */
/** @import { Fetcher } from "./fetching.js" */

const MAX_KEPT = 300;

export class PointDetails {
  /** @param {Fetcher} fetcher */
  constructor(fetcher) {
    this.fetcher = fetcher;
    /** @type {string | null} */
    this.address = null;
    /** @type {Map<string, Promise<PointAnswer | null>>} */
    this.answers = new Map();
    /** @type {Map<string, PointAnswer>} */
    this.known = new Map();
  }

  /** @param {string | null} address */
  follow(address) {
    if (address === this.address) return;
    this.address = address;
    this.answers.clear();
    this.known.clear();
  }

  /**
   * What is known of a point without asking.
   * @type {(id: number, metric?: string) => PointAnswer | undefined}
   */
  get(id, metric) {
    return this.known.get(keyOf(id, metric));
  }

  /**
   * Resolves with null where the server has no answer: the map is of use without it.
   * @type {(id: number, metric?: string) => Promise<PointAnswer | null>}
   */
  fetch(id, metric) {
    const key = keyOf(id, metric);
    let answer = this.answers.get(key);
    if (!answer) {
      if (this.answers.size >= MAX_KEPT) {
        this.answers.clear();
        this.known.clear();
      }
      answer = this.request(key, id, metric);
      this.answers.set(key, answer);
    }
    return answer;
  }

  /** @type {(key: string, id: number, metric?: string) => Promise<PointAnswer | null>} */
  async request(key, id, metric) {
    const address = withParameters(this.address ?? "", { id: String(id), ...(metric && { metric }) });
    try {
      const answer = await this.fetcher(address);
      if (!answer.ok) throw new Error(`${answer.status}`);
      const details = /** @type {PointAnswer} */ (await answer.json());
      this.known.set(key, details);
      return details;
    } catch (error) {
      this.answers.delete(key); // to be asked for once more
      console.warn(`embedviz map: point not fetched from ${address}`, error);
      return null;
    }
  }
}

/** @type {(id: number, metric?: string) => string} */
const keyOf = (id, metric) => `${id} ${metric ?? ""}`;
