// @ts-check
// The size of the stage, which camera and canvases follow, and the parts of it that controls lie on.

import { isEqual } from "./equality.js";

/** @import { Camera, Insets } from "./camera.js" */
/** @import { Box } from "./label_placement.js" */
/** @import { Layout } from "./layout.js" */
/** @import { Overlay } from "./overlay.js" */

const MAX_PIXEL_RATIO = 2;

export class Viewport {
  /**
   * @param {Layout} layout
   * @param {Overlay} overlay
   * @param {Camera} camera
   * @param {() => void} onResize
   */
  constructor(layout, overlay, camera, onResize) {
    this.layout = layout;
    this.overlay = overlay;
    this.camera = camera;
    this.onResize = onResize;
    this.pixelRatio = 1;
    this.observer = new ResizeObserver(() => this.measure());
    for (const node of [layout.stage, layout.free, ...this.controls]) this.observer.observe(node);
  }

  /** What lies on the stage, or beside it on a narrow page. */
  get controls() {
    const { toolbar, legend, chip, snapshots } = this.layout;
    return [...toolbar.children, legend, chip, snapshots];
  }

  measure() {
    const { camera } = this;
    const { stage } = this.layout;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const pixelRatio = Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1);
    if (!width || !height) return; // in a tab that is closed
    const isResized = width !== camera.width || height !== camera.height || pixelRatio !== this.pixelRatio;
    const insets = this.insets();
    if (!isResized && isEqual(insets, camera.insets)) return this.reserve();
    if (isResized) {
      [camera.width, camera.height] = [width, height];
      this.resize(pixelRatio);
    }
    if (isResized || stage.dataset.state !== "drawn") camera.insets = insets;
    else camera.reserve(insets);
    this.reserve();
    this.onResize();
  }

  /** @param {number} pixelRatio */
  resize(pixelRatio) {
    const { camera, overlay } = this;
    const { points: canvas } = this.layout;
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

  /**
   * What the stage's free part leaves at its edges.
   * @returns {Insets}
   */
  insets() {
    const stage = this.layout.stage.getBoundingClientRect();
    const free = this.layout.free.getBoundingClientRect();
    return {
      left: Math.round(free.left - stage.left),
      right: Math.round(stage.right - free.right),
      top: Math.round(free.top - stage.top),
      bottom: Math.round(stage.bottom - free.bottom),
    };
  }

  /** Keep labels clear of the controls. */
  reserve() {
    const stage = this.layout.stage.getBoundingClientRect();
    const boxes = this.controls.map((node) => node.getBoundingClientRect());
    this.overlay.reserved = boxes
      .filter(({ width, top, bottom }) => width && bottom > stage.top && top < stage.bottom)
      .map((box) => boxIn(stage, box));
  }

  destroy() {
    this.observer.disconnect();
  }
}

/** @type {(stage: DOMRect, box: DOMRect) => Box} */
const boxIn = (stage, box) => ({
  left: box.left - stage.left,
  right: box.right - stage.left,
  top: box.top - stage.top,
  bottom: box.bottom - stage.top,
});
