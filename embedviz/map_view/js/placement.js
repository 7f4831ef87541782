// @ts-check
// Puts positions on the map: into the layer, the index and the contours, and keeps or finds the view they are seen from.

import { isEqual } from "./equality.js";

/** @import { Camera } from "./camera.js" */
/** @import { Density } from "./density.js" */
/** @import { Points } from "./points.js" */
/** @import { PointsLayer } from "./points_layer.js" */
/** @import { Views } from "./views.js" */

const PARTIAL_GLIDE_MS = 320; // from one partial layout to the next, which comes soon

export class Placement {
  /**
   * @param {Points} points
   * @param {Camera} camera
   * @param {PointsLayer | null} layer
   * @param {Density} density
   * @param {Views} views
   */
  constructor(points, camera, layer, density, views) {
    this.points = points;
    this.camera = camera;
    this.layer = layer;
    this.density = density;
    this.views = views;
    /** @type {string | null} */
    this.address = null; // that the points came from
  }

  /**
   * Show the points of an address, from the view they were last seen from.
   * @type {(positions: Uint16Array, address: string) => void}
   */
  show(positions, address) {
    const hadPoints = this.points.count > 0;
    this.place(positions);
    if (address !== this.address) {
      const view = this.views.left(address);
      if (hadPoints && view) this.camera.flyTo(view);
      else if (!hadPoints) this.camera.place(view ?? this.views.inAddress() ?? this.camera.home);
    }
    this.address = address;
  }

  /** Whether the view of the address that is shown is known, from before or from the page's address. */
  get hasKnownView() {
    return Boolean((this.address && this.views.left(this.address)) ?? this.views.inAddress());
  }

  /**
   * Glide to another layout of the same points; one of another number of points is passed over.
   * @param {Uint16Array} positions
   */
  move(positions) {
    if (positions.length === this.points.positions.length) this.place(positions, PARTIAL_GLIDE_MS);
  }

  /**
   * A view of the whole map stays one; a view of a part stays where it is.
   * @param {Uint16Array} positions
   * @param {number} [ms] of gliding, the layer's default if left out
   */
  place(positions, ms) {
    const { points, camera } = this;
    const hadPoints = points.count > 0;
    const seesAll = isEqual(camera.home, camera.target);
    points.replace(positions);
    this.layer?.setPoints(positions, { morph: hadPoints, ms });
    camera.bounds = points.bounds;
    if (hadPoints && seesAll) camera.flyTo(camera.home);
    this.density.refresh();
  }

  /** @param {boolean} inAddress whether the view is kept in the page's address */
  rememberView(inAddress) {
    this.views.remember(this.address, { inAddress });
  }
}
