// @ts-check
// The camera: which part of the map is in sight.
//
// World: the unit square of the packed points, y upwards. Screen: CSS pixels of the stage, y downwards.
// `scale` is in pixels per unit; `fit` is the scale at which all points are in sight.

import { prefersReducedMotion } from "./motion.js";

/** @import { View } from "./exchange.js" */

/**
 * Pixels along the edges of the stage that the points keep clear of, because controls lie there.
 * @typedef {{left: number, right: number, top: number, bottom: number}} Insets
 */

/**
 * Edges of a rectangle in the unit square.
 * @typedef {{left: number, right: number, bottom: number, top: number}} Bounds
 */

const MAX_ZOOM = 400; // times `fit`: beyond it the 16-bit steps of the positions would show
const MIN_ZOOM = 0.6;
const MARGIN = 0.06; // share of the stage left free around the points when all are in sight
const FLIGHT_MS = 520;
const MIN_FREE_PX = 120; // of the stage, however large the insets are

/** @type {(value: number, low: number, high: number) => number} */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
/** @type {(t: number) => number} */
const ease = (t) => 1 - (1 - t) ** 3;

/** @type {(a: View, b: View) => boolean} */
const isSameView = (a, b) => a.x === b.x && a.y === b.y && a.zoom === b.zoom;

/** @type {(view: View) => View} */
export const viewOf = ({ x, y, zoom }) => ({ x, y, zoom });

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    /** @type {Insets} */
    this.insets = { left: 0, right: 0, top: 0, bottom: 0 };
    /** @type {Bounds} */
    this.bounds = { left: 0, right: 1, bottom: 0, top: 1 };
    this.x = 0.5;
    this.y = 0.5;
    this.zoom = 1; // scale / fit, so that a resized stage shows the same part
    /** @type {{from: View, to: View, start: number} | null} */
    this.flight = null;
  }

  /** Size of the part of the stage between the insets, in pixels. */
  get free() {
    const { left, right, top, bottom } = this.insets;
    return {
      width: Math.max(Math.min(MIN_FREE_PX, this.width), this.width - left - right),
      height: Math.max(Math.min(MIN_FREE_PX, this.height), this.height - top - bottom),
    };
  }

  /**
   * The middle of the part between the insets, in pixels: the world's (x, y) is shown there.
   * @returns {[number, number]}
   */
  get middle() {
    const { left, top } = this.insets;
    return [left + this.free.width / 2, top + this.free.height / 2];
  }

  get fit() {
    const { left, right, bottom, top } = this.bounds;
    const share = 1 - 2 * MARGIN;
    const { width, height } = this.free;
    const [across, up] = [Math.max(right - left, 1e-4), Math.max(top - bottom, 1e-4)];
    return Math.min((width * share) / across, (height * share) / up);
  }

  get scale() {
    return this.fit * this.zoom;
  }

  /** The view with all points in sight. */
  get home() {
    const { left, right, bottom, top } = this.bounds;
    return { x: (left + right) / 2, y: (bottom + top) / 2, zoom: 1 };
  }

  /**
   * The view at the end of the flight, or the current one.
   * @returns {View}
   */
  get target() {
    return viewOf(this.flight?.to ?? this);
  }

  /** @type {(x: number, y: number) => [number, number]} */
  toScreen(x, y) {
    const [middleX, middleY] = this.middle;
    return [middleX + (x - this.x) * this.scale, middleY - (y - this.y) * this.scale];
  }

  /** @type {(px: number, py: number) => [number, number]} */
  toWorld(px, py) {
    const [middleX, middleY] = this.middle;
    return [this.x + (px - middleX) / this.scale, this.y - (py - middleY) / this.scale];
  }

  /** The part of the world in sight. */
  visible() {
    const [left, top] = this.toWorld(0, 0);
    const [right, bottom] = this.toWorld(this.width, this.height);
    return { left, right, bottom, top };
  }

  /**
   * Take over other insets. The picture stays where it is, but all points that were in sight come into sight again, and a
   * flight goes on to its goal.
   * @type {(insets: Insets) => void}
   */
  reserve(insets) {
    const { home, target, scale } = this;
    const goal = this.flight?.to ?? (isSameView(home, target) ? home : null);
    const [left, top] = this.toWorld(0, 0);
    this.insets = insets;
    this.zoom = scale / this.fit;
    const [middleX, middleY] = this.middle;
    [this.x, this.y] = [left + middleX / scale, top - middleY / scale];
    if (goal) this.flyTo(goal);
  }

  /** @param {View} view */
  place({ x, y, zoom }) {
    const { left, right, bottom, top } = this.bounds;
    this.zoom = clamp(zoom, MIN_ZOOM, MAX_ZOOM);
    this.x = clamp(x, left, right);
    this.y = clamp(y, bottom, top);
  }

  /**
   * Move by pixels.
   * @type {(dx: number, dy: number) => void}
   */
  panBy(dx, dy) {
    this.flight = null;
    this.place({ x: this.x - dx / this.scale, y: this.y + dy / this.scale, zoom: this.zoom });
  }

  /**
   * Zoom so that the world under the pixel (px, py) stays under it.
   * @type {(px: number, py: number, factor: number) => void}
   */
  zoomAt(px, py, factor) {
    this.flight = null;
    const [x, y] = this.toWorld(px, py);
    const zoom = clamp(this.zoom * factor, MIN_ZOOM, MAX_ZOOM);
    const ratio = this.zoom / zoom;
    this.place({ x: x + (this.x - x) * ratio, y: y + (this.y - y) * ratio, zoom });
  }

  /** @param {View} target */
  flyTo(target) {
    if (prefersReducedMotion()) return this.place(target);
    this.flight = { from: viewOf(this), to: target, start: performance.now() };
  }

  /**
   * Advance the flight; true while it goes on.
   * @type {(now: number) => boolean}
   */
  step(now) {
    if (!this.flight) return false;
    const { from, to, start } = this.flight;
    if (now - start >= FLIGHT_MS) {
      this.flight = null;
      this.place(to);
      return false;
    }
    const t = ease(clamp((now - start) / FLIGHT_MS, 0, 1));
    const zoom = from.zoom * (to.zoom / from.zoom) ** t;
    // The centre follows the zoom, or a flight inwards would swing past its goal: what is seen moves evenly.
    const share = Math.abs(to.zoom - from.zoom) < 1e-9 ? t : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
    this.place({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, zoom });
    return true;
  }
}
