// @ts-check
// The selection: regions drawn one after another, each new, added or removed, and a byte per point that follows.

import { isEqual } from "./equality.js";
import { markInside } from "./region.js";

/** @import { Region } from "./exchange.js" */

/**
 * Bits of a selection as Python packs them (base64, the lowest bit first) -> one byte per point, 255 or 0.
 * @type {(packed: string, n: number) => Uint8Array}
 */
export function unpackBits(packed, n) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return Uint8Array.from({ length: n }, (_, id) => ((bytes[id >> 3] >> (id & 7)) & 1) * 255);
}

export class Selection {
  constructor() {
    /** @type {Region[]} */
    this.regions = [];
    /** @type {string | null} */
    this.packed = null; // the selected points as Python sent them, where regions do not determine them
    /** @type {Uint8Array | null} */
    this.mask = null; // 255 for a selected point; null while nothing is selected
    this.count = 0;
  }

  get isEmpty() {
    return this.mask === null;
  }

  /**
   * Select what a person drew, ahead of Python's answer.
   * @param {Region} region
   * @param {Uint16Array} positions
   * @param {(id: number) => boolean} accepts whether the legend shows the point
   */
  draw(region, positions, accepts) {
    const regions = region.mode === "new" ? [region] : [...this.regions, region];
    const mask = region.mode === "new" || !this.mask ? new Uint8Array(positions.length / 2) : this.mask.slice();
    markInside(positions, region.polygon, mask, region.mode === "remove" ? 0 : 255, accepts);
    this.keep(regions, this.packed, mask);
  }

  /**
   * Take over what Python keeps; true when that is something else than what is here already.
   * @type {(regions: Region[], packed: string | null, positions: Uint16Array) => boolean}
   */
  adopt(regions, packed, positions) {
    const known =
      isEqual(regions, this.regions) && packed === this.packed && this.mask?.length === positions.length / 2;
    if (known || (!regions.length && !packed && this.isEmpty && !this.regions.length)) return false;
    let mask = null;
    if (packed) mask = unpackBits(packed, positions.length / 2);
    else if (regions.length) {
      mask = new Uint8Array(positions.length / 2);
      for (const { polygon, mode } of regions) {
        if (mode === "new") mask.fill(0);
        markInside(positions, polygon, mask, mode === "remove" ? 0 : 255);
      }
    }
    this.keep(regions, packed, mask);
    return true;
  }

  clear() {
    this.keep([], null, null);
  }

  /** @type {(regions: Region[], packed: string | null, mask: Uint8Array | null) => void} */
  keep(regions, packed, mask) {
    this.regions = regions;
    this.packed = packed;
    this.mask = mask;
    this.count = mask ? mask.reduce((sum, byte) => sum + (byte >> 7), 0) : 0;
  }
}
