// What is selected: regions drawn one after another, each new, added or taken away, and a byte a point that follows.

import { markInside } from "./region.js";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Bits of a selection as Python packs them (base64, the lowest bit first) -> one byte a point, 255 or 0.
export function unpackBits(packed, n) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return Uint8Array.from({ length: n }, (_, id) => ((bytes[id >> 3] >> (id & 7)) & 1) * 255);
}

export class Selection {
  constructor() {
    this.regions = []; // {kind, polygon, mode: "new" | "add" | "remove", without: {column, codes} | undefined}
    this.packed = null; // what Python says of the points, where regions alone do not tell
    this.mask = null; // Uint8Array, 255 for a point selected; null while nothing is
    this.count = 0;
  }

  get isEmpty() {
    return this.mask === null;
  }

  // What a person drew, ahead of Python's answer. accepts(id): whether the legend shows the point.
  draw(region, positions, accepts) {
    const regions = region.mode === "new" ? [region] : [...this.regions, region];
    const mask = region.mode === "new" || !this.mask ? new Uint8Array(positions.length / 2) : this.mask.slice();
    markInside(positions, region.polygon, mask, region.mode === "remove" ? 0 : 255, accepts);
    this.keep(regions, this.packed, mask);
  }

  // What Python keeps; true when that is something else than what is here already.
  adopt(regions, packed, positions) {
    const known = same(regions, this.regions) && packed === this.packed && this.mask?.length === positions.length / 2;
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

  keep(regions, packed, mask) {
    Object.assign(this, { regions, packed, mask });
    this.count = mask ? mask.reduce((sum, byte) => sum + (byte >> 7), 0) : 0;
  }
}
