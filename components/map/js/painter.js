// When to draw what: points and overlay on the browser's frames, fewer points while the map moves on a slow machine.

const FRAME_BUDGET_MS = 40; // a machine that needs longer draws every second, fourth, … point while the map moves
const SETTLE_MS = 160; // so long after the last move all points are drawn again
const LABELS_EVERY_MS = 120;

export class Painter {
  // layer: PointsLayer, or null without WebGL2; describe() gives the scene (scene.js); onWhole(ms) follows every
  // frame with all points, once it is on the screen.
  constructor(camera, layer, overlay, describe, onWhole) {
    Object.assign(this, { camera, layer, overlay, describe, onWhole });
    this.stale = { points: true, labels: true };
    this.drawnStep = 1;
    this.lastMove = -Infinity;
    this.labelsAt = -Infinity;
  }

  redraw({ points = true, labels = points } = {}) {
    this.stale.points ||= points;
    this.stale.labels ||= labels;
    this.request ??= requestAnimationFrame((now) => this.frame(now));
  }

  // The view moves under a person's hand.
  moved() {
    this.lastMove = performance.now();
    this.redraw();
  }

  frame(now) {
    cancelAnimationFrame(this.request); // when called out of turn
    this.request = null;
    clearTimeout(this.later);
    const flying = this.camera.step(now);
    const morphing = this.layer?.morphing(now) ?? false;
    if (flying || morphing) {
      this.lastMove = now;
      this.stale.points = this.stale.labels = true;
    }
    const moving = now - this.lastMove < SETTLE_MS;
    this.paint(moving ? (this.layer?.stepFor(FRAME_BUDGET_MS) ?? 1) : 1, { now, morphing });
    if (flying || morphing) this.redraw();
    else if (this.drawnStep > 1) this.later = setTimeout(() => this.redraw(), SETTLE_MS + 20);
    else if (this.stale.labels) this.later = setTimeout(() => this.redraw({ points: false }), LABELS_EVERY_MS);
  }

  paint(step, { now = performance.now(), morphing = false } = {}) {
    const scene = this.describe();
    if (this.layer && (this.stale.points || step < this.drawnStep)) {
      this.layer.draw(this.camera, { ...scene.look, now, step, onDrawn: this.onWhole });
      this.drawnStep = step;
      this.stale.points = false;
    }
    if (this.stale.labels && !morphing && now - this.labelsAt > LABELS_EVERY_MS) {
      this.overlay.chooseLabels(scene);
      this.labelsAt = now;
      this.stale.labels = false;
    }
    this.overlay.draw(scene, { bare: morphing });
  }

  destroy() {
    cancelAnimationFrame(this.request);
    clearTimeout(this.later);
  }
}
