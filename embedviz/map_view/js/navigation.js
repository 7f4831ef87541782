// @ts-check
// Moving the camera: panning, zooming, and flights to the focus or to all points.

/** @import { Camera } from "./camera.js" */
/** @import { View } from "./exchange.js" */
/** @import { Painter } from "./painter.js" */
/** @import { Pointing } from "./pointing.js" */
/** @import { Points } from "./points.js" */

const FOCUS_MARGIN_PX = 30; // nearer to the border a focus counts as out of sight
const [MIN_FOCUS_ZOOM, MAX_FOCUS_ZOOM, LONE_FOCUS_ZOOM] = [1.6, 14, 5];
const NEIGHBORS_IN_SIGHT = 0.7; // share of a focus's neighbours

export class Navigation {
  /**
   * @param {Camera} camera
   * @param {Points} points
   * @param {Pointing} pointing
   * @param {Painter} painter
   */
  constructor(camera, points, pointing, painter) {
    this.camera = camera;
    this.points = points;
    this.pointing = pointing;
    this.painter = painter;
  }

  /** @type {(dx: number, dy: number) => void} */
  pan(dx, dy) {
    this.camera.panBy(dx, dy);
    this.moved();
  }

  /** @type {(px: number, py: number, factor: number) => void} */
  zoom(px, py, factor) {
    this.camera.zoomAt(px, py, factor);
    this.moved();
  }

  moved() {
    this.pointing.hover(null);
    this.painter.moved();
  }

  /** @param {View} view */
  fly(view) {
    this.pointing.hover(null);
    this.camera.flyTo(view);
    this.painter.redraw();
  }

  home() {
    this.fly(this.camera.home);
  }

  /** @param {number} factor */
  zoomStep(factor) {
    const { x, y, zoom } = this.camera.target;
    this.fly({ x, y, zoom: zoom * factor });
  }

  /**
   * Fly to the focus and most of its neighbours; unless `always`, only if it is out of sight.
   * @param {{always: boolean}} options
   */
  flyToFocus({ always }) {
    const { camera, points, pointing } = this;
    const { focus } = pointing;
    if (focus === null || focus >= points.count) return;
    const { insets, free, fit } = camera;
    const [px, py] = points.screenPosition(focus, camera);
    const isInside = (/** @type {number} */ at, /** @type {number} */ side) =>
      at > FOCUS_MARGIN_PX && at < side - FOCUS_MARGIN_PX;
    if (!always && isInside(px - insets.left, free.width) && isInside(py - insets.top, free.height)) return;
    const [x, y] = points.worldPosition(focus);
    const distances = pointing.links.map((id) => {
      const [otherX, otherY] = points.worldPosition(id);
      return Math.hypot(otherX - x, otherY - y);
    });
    distances.sort((a, b) => a - b);
    const radius = distances.length ? 1.35 * distances[Math.floor(NEIGHBORS_IN_SIGHT * (distances.length - 1))] : 0;
    const zoom = radius > 0 ? Math.min(free.width, free.height) / 2 / radius / fit : LONE_FOCUS_ZOOM;
    this.fly({ x, y, zoom: Math.min(MAX_FOCUS_ZOOM, Math.max(MIN_FOCUS_ZOOM, zoom)) });
  }
}
