// @ts-check
// Schedules drawing: points and overlay on the browser's frames, fewer points while the map moves on a slow machine.

/** @import { Camera } from "./camera.js" */
/** @import { Overlay } from "./overlay.js" */
/** @import { PointsLayer } from "./points_layer.js" */
/** @import { Scene } from "./scene.js" */

const FRAME_BUDGET_MS = 40; // a machine that needs longer draws every second, fourth, … point while the map moves
const SETTLE_MS = 160; // so long after the last move all points are drawn again
const LABEL_INTERVAL_MS = 120;

export class Painter {
  /**
   * @param {Camera} camera
   * @param {PointsLayer | null} layer null without WebGL2
   * @param {Overlay} overlay
   * @param {() => Scene} describe
   * @param {(ms: number) => void} onWhole follows every frame with all points, once it is on the screen
   */
  constructor(camera, layer, overlay, describe, onWhole) {
    this.camera = camera;
    this.layer = layer;
    this.overlay = overlay;
    this.describe = describe;
    this.onWhole = onWhole;
    this.stale = { points: true, labels: true };
    this.drawnStep = 1;
    this.lastMove = Number.NEGATIVE_INFINITY;
    this.labelsAt = Number.NEGATIVE_INFINITY;
    /** @type {number | null} */
    this.request = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
  }

  /** @param {{points?: boolean, labels?: boolean}} [change] what is stale, everything by default */
  redraw({ points = true, labels = points } = {}) {
    this.stale.points ||= points;
    this.stale.labels ||= labels;
    this.request ??= requestAnimationFrame((now) => this.frame(now));
  }

  /** The view moves under a person's hand. */
  moved() {
    this.lastMove = performance.now();
    this.redraw();
  }

  /** @param {number} now */
  frame(now) {
    cancelAnimationFrame(this.request ?? 0); // when called out of turn
    this.request = null;
    clearTimeout(this.later);
    const flying = this.camera.step(now);
    const morphing = this.layer?.morphing(now) ?? false;
    if (flying || morphing) {
      this.lastMove = now;
      this.stale.points = true;
      this.stale.labels = true;
    }
    const moving = now - this.lastMove < SETTLE_MS;
    this.paint(moving ? (this.layer?.stepFor(FRAME_BUDGET_MS) ?? 1) : 1, { now, morphing });
    if (flying || morphing) this.redraw();
    else if (this.drawnStep > 1) this.later = setTimeout(() => this.redraw(), SETTLE_MS + 20);
    else if (this.stale.labels) this.later = setTimeout(() => this.redraw({ points: false }), LABEL_INTERVAL_MS);
  }

  /** @param {number} step draw every step-th point */
  paint(step, { now = performance.now(), morphing = false } = {}) {
    const scene = this.describe();
    if (this.layer && (this.stale.points || step < this.drawnStep)) {
      this.layer.draw(this.camera, { ...scene.look, now, step, onDrawn: this.onWhole });
      this.drawnStep = step;
      this.stale.points = false;
    }
    if (this.stale.labels && !morphing && now - this.labelsAt > LABEL_INTERVAL_MS) {
      this.overlay.chooseLabels(scene);
      this.labelsAt = now;
      this.stale.labels = false;
    }
    this.overlay.draw(scene, { bare: morphing });
  }

  /** Draw all points and labels at once, for a picture: the canvas keeps them only until the browser has shown them. */
  paintWhole() {
    this.stale = { points: true, labels: true };
    this.labelsAt = Number.NEGATIVE_INFINITY;
    this.paint(1);
  }

  destroy() {
    cancelAnimationFrame(this.request ?? 0);
    clearTimeout(this.later);
  }
}
