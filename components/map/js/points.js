// @ts-check
// The points on the map: their positions, and the index over them.

import { MAX_COORDINATE } from "./exchange.js";
import { PointIndex } from "./point_index.js";

/** @import { Camera } from "./camera.js" */

export class Points {
  constructor() {
    /** @type {Uint16Array} */
    this.positions = new Uint16Array(0); // x, y, x, y, …
    this.index = new PointIndex(this.positions);
  }

  get count() {
    return this.positions.length / 2;
  }

  /** @param {Uint16Array} positions */
  replace(positions) {
    this.positions = positions;
    this.index = new PointIndex(positions);
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
