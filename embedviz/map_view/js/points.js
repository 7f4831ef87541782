// @ts-check
// The points on the map: their positions, their bounds, and the index over them.

import { MAX_COORDINATE } from "./exchange.js";
import { PointIndex } from "./point_index.js";

/** @import { Bounds, Camera } from "./camera.js" */

/**
 * The smallest rectangle around the points; the whole square where there are none.
 * @type {(positions: Uint16Array) => Bounds}
 */
export function boundsOf(positions) {
  if (!positions.length) return { left: 0, right: 1, bottom: 0, top: 1 };
  let [left, right, bottom, top] = [MAX_COORDINATE, 0, MAX_COORDINATE, 0];
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i], positions[i + 1]];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  const [l, r, b, t] = [left, right, bottom, top].map((value) => value / MAX_COORDINATE);
  return { left: l, right: r, bottom: b, top: t };
}

export class Points {
  constructor() {
    /** @type {Uint16Array} */
    this.positions = new Uint16Array(0); // x, y, x, y, …
    this.bounds = boundsOf(this.positions);
    /** @type {PointIndex | null} */
    this.built = null;
  }

  /** Built when it is first asked for, by a pointer over the points: the first picture does without. */
  get index() {
    this.built ??= new PointIndex(this.positions);
    return this.built;
  }

  get count() {
    return this.positions.length / 2;
  }

  /** @param {Uint16Array} positions */
  replace(positions) {
    this.positions = positions;
    this.bounds = boundsOf(positions);
    this.built = null;
  }

  /** @type {(id: number) => [number, number]} */
  worldPosition(id) {
    return [this.positions[2 * id] / MAX_COORDINATE, this.positions[2 * id + 1] / MAX_COORDINATE];
  }

  /**
   * Where a point is drawn, in CSS pixels of the stage.
   * @type {(id: number, camera: Camera) => [number, number]}
   */
  screenPosition(id, camera) {
    return camera.toScreen(...this.worldPosition(id));
  }
}
