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
    const { stage, canvas, camera, overlay } = this;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const pixelRatio = Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1);
    if (!width || !height) return; // in a tab that is closed
    if (width === camera.width && height === camera.height && pixelRatio === this.pixelRatio) return;
    this.pixelRatio = pixelRatio;
    [camera.width, camera.height] = [width, height];
    [canvas.width, canvas.height] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    overlay.resize(width, height, pixelRatio);
    this.onResize();
  }

  destroy() {
    this.observer.disconnect();
  }
}
