// @ts-check
// Density contours: shown on request, and without it where points are crowded.

import { contourPaths } from "./contours.js";

/** @import { Points } from "./points.js" */

const CROWDED = 50000; // points from which density is shown by default

export class Density {
  /**
   * @param {Points} points
   * @param {HTMLElement} button
   * @param {() => void} redraw
   */
  constructor(points, button, redraw) {
    this.points = points;
    this.button = button;
    this.redraw = redraw;
    /** @type {boolean | null} */
    this.shown = null; // null until the points have come
    /** @type {Path2D[] | null} */
    this.paths = null; // null until they are computed
  }

  /** The contours to draw. */
  get contours() {
    return this.shown && this.paths ? this.paths : [];
  }

  /** The points were replaced. */
  refresh() {
    this.paths = null;
    this.show(this.shown ?? this.points.count >= CROWDED);
  }

  /** @param {boolean} shown */
  show(shown) {
    this.shown = shown;
    this.button.setAttribute("aria-pressed", String(shown));
    if (shown) this.paths ??= contourPaths(this.points.positions, this.points.bounds);
    this.redraw();
  }

  toggle() {
    this.show(!this.shown);
  }
}
