// @ts-check
// The size of the stage, which camera and canvases follow.

/** @import { Camera } from "./camera.js" */
/** @import { Overlay } from "./overlay.js" */

const MAX_PIXEL_RATIO = 2;

export class Viewport {
  /**
   * @param {HTMLElement} stage
   * @param {HTMLCanvasElement} canvas of the points
   * @param {Overlay} overlay
   * @param {Camera} camera
   * @param {() => void} onResize
   */
  constructor(stage, canvas, overlay, camera, onResize) {
    this.stage = stage;
    this.canvas = canvas;
    this.overlay = overlay;
    this.camera = camera;
    this.onResize = onResize;
    this.pixelRatio = 1;
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(stage);
  }

  measure() {
    const { stage, camera } = this;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const pixelRatio = Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1);
    if (!width || !height) return; // in a tab that is closed
    if (width === camera.width && height === camera.height && pixelRatio === this.pixelRatio) return;
    [camera.width, camera.height] = [width, height];
    this.resize(pixelRatio);
    this.onResize();
  }

  /** @param {number} pixelRatio */
  resize(pixelRatio) {
    const { canvas, camera, overlay } = this;
    const { width, height } = camera;
    this.pixelRatio = pixelRatio;
    [canvas.width, canvas.height] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    overlay.resize(width, height, pixelRatio);
  }

  /**
   * Draw at another pixel ratio, for a picture; the screen is as before when the browser shows it next.
   * @type {(pixelRatio: number, draw: () => void) => void}
   */
  withPixelRatio(pixelRatio, draw) {
    const before = this.pixelRatio;
    this.resize(pixelRatio);
    try {
      draw();
    } finally {
      this.resize(before);
      this.onResize();
    }
  }

  destroy() {
    this.observer.disconnect();
  }
}
