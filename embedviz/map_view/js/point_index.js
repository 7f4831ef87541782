// @ts-check
// A uniform grid over the points: the nearest point to a position.

import { MAX_COORDINATE } from "./exchange.js";

const POINTS_PER_CELL = 4;

export class PointIndex {
  /**
   * A counting sort by cell: two passes over the points.
   * @param {Uint16Array} positions x, y, x, y, …
   */
  constructor(positions) {
    this.positions = positions;
    const n = positions.length / 2;
    const wanted = Math.sqrt(Math.max(1, n / POINTS_PER_CELL));
    this.bits = Math.min(9, Math.max(2, Math.round(Math.log2(wanted)))); // cells across: 4 to 512
    this.shift = 16 - this.bits;
    const across = 1 << this.bits;
    this.start = new Uint32Array(across * across + 1);
    const cells = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const [x, y] = [positions[2 * i], positions[2 * i + 1]];
      const cell = ((x >> this.shift) << this.bits) | (y >> this.shift);
      cells[i] = cell;
      this.start[cell + 1]++;
    }
    for (let cell = 0; cell < across * across; cell++) this.start[cell + 1] += this.start[cell];
    this.order = new Uint32Array(n);
    const next = this.start.slice(0, -1);
    for (let i = 0; i < n; i++) this.order[next[cells[i]]++] = i;
  }

  /**
   * The nearest point to (x, y) within `radius`, all in the unit square, among those that `accepts`; the lower id of two
   * equally near ones, null if there is none.
   * @type {(x: number, y: number, radius: number, accepts?: (id: number) => boolean) => number | null}
   */
  nearest(x, y, radius, accepts = () => true) {
    const [cx, cy, reach] = [x * MAX_COORDINATE, y * MAX_COORDINATE, radius * MAX_COORDINATE];
    const last = (1 << this.bits) - 1;
    /** @type {(value: number) => number} */
    const cell = (value) => Math.min(last, Math.max(0, Math.floor(value) >> this.shift));
    /** @type {number | null} */
    let best = null;
    let bestSquare = reach * reach;
    for (let column = cell(cx - reach); column <= cell(cx + reach); column++) {
      const from = this.start[(column << this.bits) | cell(cy - reach)];
      const to = this.start[((column << this.bits) | cell(cy + reach)) + 1];
      for (let k = from; k < to; k++) {
        const id = this.order[k];
        const [dx, dy] = [this.positions[2 * id] - cx, this.positions[2 * id + 1] - cy];
        const square = dx * dx + dy * dy;
        if ((square < bestSquare || (square === bestSquare && best !== null && id < best)) && accepts(id)) {
          [best, bestSquare] = [id, square];
        }
      }
    }
    return best;
  }
}
