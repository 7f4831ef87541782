// @ts-check
// The points, drawn with WebGL2: positions as 16-bit integers, one byte of colour each, colours from a palette of 256;
// optionally one byte of size, one that tells whether the point is selected, and one whether it passes the filters.

import { FrameTimer } from "./frame_timer.js";
import { prefersReducedMotion } from "./motion.js";
import { PALETTE_SIZE } from "./palette.js";
import {
  EVEN_WEIGHT,
  FADED,
  GRAY,
  GRAYED,
  LEFT_OUT,
  linkProgram,
  MAX_SIZE_SHARE,
  MIN_SIZE_SHARE,
} from "./points_shaders.js";

/** @import { Camera } from "./camera.js" */

/** @typedef {[number, number, number, number]} Rgba red, green, blue, alpha from 0 to 255 */

const MORPH_MS = 700;
const MAX_MORPHED = 200000; // points
const MAX_STRIDE_POINTS = 32; // WebGL allows strides up to 255 bytes: 4 bytes a position
const UNIFORMS = /** @type {const} */ (["center", "toClip", "size", "opacity", "arrived", "gray"]);

export class PointsLayer {
  /**
   * Throws when the browser has no WebGL2.
   * @param {HTMLCanvasElement} canvas
   * @param {{onRestored: () => void}} handlers
   */
  constructor(canvas, { onRestored }) {
    this.canvas = canvas;
    /** @type {Uint16Array} */
    this.positions = new Uint16Array(0); // x, y, x, y, …
    /** @type {Uint8Array | null} */
    this.codes = null; // one byte a point, or null: all take row 0 of the palette
    /** @type {Uint8Array | null} */
    this.chosen = null; // 255 for a selected point, 0 for another; null: nothing is selected
    /** @type {Uint8Array | null} */
    this.sizes = null; // one byte a point, or null: all have one size
    /** @type {Uint8Array | null} */
    this.passing = null; // 1 for a point that passes the filters, 0 for another; null: all pass
    /** @type {Uint8Array} */
    this.palette = new Uint8Array(PALETTE_SIZE);
    /** @type {number | null} */
    this.morphStart = null;
    this.morphMs = MORPH_MS;
    const gl = canvas.getContext("webgl2", { antialias: false, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.timer = new FrameTimer(gl);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.gpu = this.allocate();
      this.upload();
      onRestored();
    });
    this.gpu = this.allocate();
    this.upload();
  }

  get count() {
    return this.positions.length / 2;
  }

  /** Pixels that the canvas can have along a side. */
  get maxSide() {
    return this.gl.getParameter(this.gl.MAX_RENDERBUFFER_SIZE);
  }

  /** Create the program, the buffers and the texture. */
  allocate() {
    const { gl } = this;
    const program = linkProgram(gl);
    const uniforms = /** @type {Record<typeof UNIFORMS[number], WebGLUniformLocation | null>} */ ({});
    for (const name of UNIFORMS) uniforms[name] = gl.getUniformLocation(program, name);
    return {
      program,
      uniforms,
      positions: gl.createBuffer(),
      earlier: gl.createBuffer(),
      codes: gl.createBuffer(),
      chosen: gl.createBuffer(),
      sizes: gl.createBuffer(),
      passing: gl.createBuffer(),
      palette: gl.createTexture(),
    };
  }

  upload() {
    this.timer.stop();
    this.setPoints(this.positions);
    this.setCodes(this.codes);
    this.setChosen(this.chosen);
    this.setSizes(this.sizes);
    this.setPassing(this.passing);
    this.setPalette(this.palette);
  }

  /**
   * With `morph` the points glide for `ms` from where they were, if they are as many as before and not too many to move.
   * @param {Uint16Array} positions
   * @param {{morph?: boolean, ms?: number}} options
   */
  setPoints(positions, { morph = false, ms = MORPH_MS } = {}) {
    const { gl, gpu } = this;
    const glide = morph && positions.length === this.positions.length && this.count <= MAX_MORPHED;
    this.morphStart = glide && !prefersReducedMotion() ? performance.now() : null;
    this.morphMs = ms;
    [gpu.positions, gpu.earlier] = [gpu.earlier, gpu.positions];
    this.positions = positions;
    gl.bindBuffer(gl.ARRAY_BUFFER, gpu.positions);
    gl.bufferData(gl.ARRAY_BUFFER, positions, gl.STATIC_DRAW);
  }

  /** @param {Uint8Array | null} codes */
  setCodes(codes) {
    this.codes = codes;
    this.fill(this.gpu.codes, codes);
  }

  /** @param {Uint8Array | null} chosen */
  setChosen(chosen) {
    this.chosen = chosen;
    this.fill(this.gpu.chosen, chosen);
  }

  /** @param {Uint8Array | null} sizes */
  setSizes(sizes) {
    this.sizes = sizes;
    this.fill(this.gpu.sizes, sizes);
  }

  /** @param {Uint8Array | null} passing */
  setPassing(passing) {
    this.passing = passing;
    this.fill(this.gpu.passing, passing);
  }

  /** @type {(buffer: WebGLBuffer, bytes: Uint8Array | null) => void} */
  fill(buffer, bytes) {
    if (!bytes) return;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, bytes, this.gl.STATIC_DRAW);
  }

  /** @param {Uint8Array} palette as buildPalette makes it */
  setPalette(palette) {
    const { gl } = this;
    this.palette = palette;
    gl.bindTexture(gl.TEXTURE_2D, this.gpu.palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  /**
   * The colour a point is drawn in, for those who draw it otherwise.
   * @type {(id: number) => Rgba}
   */
  colorOf(id) {
    const [red, green, blue, alpha] = this.palette.subarray(4 * (this.codes?.[id] ?? 0));
    if (this.passing && !this.passing[id])
      return /** @type {Rgba} */ ([...GRAY.map((value) => 255 * value), alpha * LEFT_OUT]);
    if (!this.chosen || this.chosen[id]) return [red, green, blue, alpha];
    const [r, g, b] = [red, green, blue].map((value, k) => value + (255 * GRAY[k] - value) * GRAYED);
    return [r, g, b, alpha * FADED];
  }

  /**
   * Whether a point is drawn as a ring.
   * @type {(id: number) => boolean}
   */
  isRing(id) {
    return this.palette[4 * (256 + (this.codes?.[id] ?? 0))] > 0;
  }

  /**
   * Pixels across a point, where `size` is that of a point of average size.
   * @type {(id: number, size: number) => number}
   */
  sizeOf(id, size) {
    const weight = this.sizes ? this.sizes[id] / 255 : EVEN_WEIGHT;
    return size * (MIN_SIZE_SHARE + weight * (MAX_SIZE_SHARE - MIN_SIZE_SHARE));
  }

  /**
   * True while the points are on their way from an earlier map to this one.
   * @type {(now: number) => boolean}
   */
  morphing(now) {
    if (this.morphStart !== null && now - this.morphStart >= this.morphMs) this.morphStart = null;
    return this.morphStart !== null;
  }

  /**
   * Draw every how-manieth point so that a frame stays within the budget on this machine.
   * @type {(budgetMs: number) => number}
   */
  stepFor(budgetMs) {
    let step = 1;
    while (step < MAX_STRIDE_POINTS && (this.timer.frameMs ?? 0) / step > budgetMs) step *= 2;
    return step;
  }

  /**
   * @param {Camera} camera
   * @param {object} look
   * @param {number} look.size CSS pixels across a point
   * @param {number} look.opacity 0 to 1
   * @param {number} look.pixelRatio
   * @param {number} look.now
   * @param {number} [look.step] draw every step-th point
   * @param {((ms: number) => void) | null} [look.onDrawn] called once a whole frame (step 1) is on the screen
   */
  draw(camera, { size, opacity, pixelRatio, now, step = 1, onDrawn = null }) {
    const { gl, gpu } = this;
    const { uniforms } = gpu;
    if (gl.isContextLost()) return;
    const started = performance.now();
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.useProgram(gpu.program);
    gl.bindTexture(gl.TEXTURE_2D, gpu.palette);
    gl.uniform2f(uniforms.center, ...camera.toWorld(camera.width / 2, camera.height / 2));
    gl.uniform2f(uniforms.toClip, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(uniforms.size, size * pixelRatio);
    gl.uniform1f(uniforms.opacity, opacity);
    gl.uniform3fv(uniforms.gray, GRAY);
    const morphing = this.morphing(now);
    const passed = morphing ? Math.max(0, now - (this.morphStart ?? now)) / this.morphMs : 1;
    gl.uniform1f(uniforms.arrived, passed * passed * (3 - 2 * passed));
    this.usePositions(0, gpu.positions, step);
    if (morphing) this.usePositions(2, gpu.earlier, step);
    else gl.disableVertexAttribArray(2);
    this.useBytes(1, gpu.codes, this.codes, step, 0);
    this.useBytes(3, gpu.chosen, this.chosen, step, 1);
    this.useBytes(4, gpu.sizes, this.sizes, step, EVEN_WEIGHT);
    this.useBytes(5, gpu.passing, this.passing, step, 1);
    gl.drawArrays(gl.POINTS, 0, Math.floor((this.count - 1) / step) + 1);
    if (step === 1) this.timer.time(started, onDrawn);
  }

  /** @type {(location: number, buffer: WebGLBuffer, step: number) => void} */
  usePositions(location, buffer, step) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, 2, gl.UNSIGNED_SHORT, true, 4 * step, 0);
  }

  /**
   * A byte a point: as a share of 255, but the code as the number it is. Without bytes all points have `fallback`.
   * @type {(location: number, buffer: WebGLBuffer, bytes: Uint8Array | null, step: number, fallback: number) => void}
   */
  useBytes(location, buffer, bytes, step, fallback) {
    const { gl } = this;
    if (!bytes || bytes.length !== this.count) {
      gl.disableVertexAttribArray(location);
      gl.vertexAttrib1f(location, fallback);
      return;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, 1, gl.UNSIGNED_BYTE, location !== 1, step, 0);
  }

  destroy() {
    this.timer.stop();
    this.gl.getExtension("WEBGL_lose_context")?.loseContext(); // browsers keep only about 16 contexts a page
  }
}
