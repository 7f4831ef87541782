// A map's bytes: points, colours, sizes. What a new wish makes stale is fetched together, so that a frame has all of it.

import { fetchBytes } from "./fetching.js";

export const NO_COLOURS = { kind: null, legend: [], codes: null };

export class Loading {
  // onStart(), onArrival({positions, colours, sizes}) with what has changed, onFailure(sentence).
  constructor({ onStart, onArrival, onFailure }) {
    Object.assign(this, { onStart, onArrival, onFailure });
    this.missing = { points: false, colours: false, sizes: false };
    this.running = new AbortController();
  }

  get hasPoints() {
    return !this.missing.points;
  }

  // stale: names of what has to be fetched anew. early: answers asked for before this module was there.
  async fetch(data, stale, early) {
    for (const name of stale) this.missing[name] = true;
    if (!Object.values(this.missing).some(Boolean)) return;
    this.running.abort();
    this.running = new AbortController();
    const { missing } = this;
    const { signal } = this.running;
    const how = { signal, early };
    this.onStart();
    try {
      const [points, colours, sizes] = await Promise.all([
        missing.points ? fetchBytes(data.points_url, 4 * data.n, "points", how) : null,
        missing.colours ? this.colours(data, how) : null,
        missing.sizes ? this.bytes(data.sizes_url, data.n, "sizes", how) : undefined,
      ]);
      if (signal.aborted) return;
      this.missing = { points: false, colours: false, sizes: false };
      this.onArrival({ positions: points && new Uint16Array(points), colours, sizes });
    } catch (error) {
      if (!signal.aborted) this.onFailure(error.message);
    }
  }

  async colours({ colours_url: address, colour_kind: kind, legend, n }, how) {
    const codes = await this.bytes(address, n, "colours", how);
    return codes ? { kind, legend, codes } : NO_COLOURS;
  }

  // A byte a point, or null where there are none: a map in one colour is of use still.
  async bytes(address, n, what, how) {
    if (!address) return null;
    try {
      return new Uint8Array(await fetchBytes(address, n, what, how));
    } catch (error) {
      if (!how.signal.aborted) console.warn(`embedviz map: ${error.message}`);
      return null;
    }
  }

  stop() {
    this.running.abort();
  }
}
