// @ts-check
// The canvas over the points: density contours, lines to neighbours, marked points, labels, regions.

import { describeAxes } from "./axes.js";
import { MAX_COORDINATE } from "./exchange.js";
import { chooseCandidates, maxLabels } from "./label_candidates.js";
import { placeLabels } from "./label_placement.js";
import { cssColor } from "./palette.js";

/** @import { Box, PlacedLabel } from "./label_placement.js" */
/** @import { Theme } from "./palette.js" */
/** @import { Pixel } from "./region.js" */
/** @import { Scene } from "./scene.js" */

/** @typedef {(id: number) => Pixel} PositionOf */

const LINE_HEIGHT_PX = 15;
const MAX_MEASURED = 5000; // widths kept
const FULL_TURN = 2 * Math.PI;
// biome-ignore format: one row
const CROSSHAIR = [[1, 0], [-1, 0], [0, 1], [0, -1]];

export class Overlay {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {Map<string, number>} */
    this.widths = new Map(); // text -> pixels
    /** @type {PlacedLabel[]} */
    this.placed = [];
    /** @type {Box[]} */
    this.reserved = []; // pixels that labels keep clear of
    this.width = 0;
    this.height = 0;
    this.pixelRatio = 1;
  }

  /** @type {(width: number, height: number, pixelRatio: number) => void} */
  resize(width, height, pixelRatio) {
    this.canvas.width = Math.round(width * pixelRatio);
    this.canvas.height = Math.round(height * pixelRatio);
    [this.width, this.height, this.pixelRatio] = [width, height, pixelRatio];
  }

  /** @type {(theme: Theme, strong: boolean) => string} */
  font(theme, strong) {
    return `${strong ? 600 : 400} ${strong ? 13 : 12}px ${theme.font}`;
  }

  /** @type {(text: string, strong: boolean, theme: Theme) => number} */
  measure(text, strong, theme) {
    const key = `${strong ? "s" : "w"}${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      if (this.widths.size > MAX_MEASURED) this.widths.clear();
      this.context.font = this.font(theme, strong);
      width = this.context.measureText(text).width;
      this.widths.set(key, width);
    }
    return width;
  }

  /**
   * Choose and place the labels for the current view; those not known yet are requested.
   * @param {Scene} scene
   */
  chooseLabels(scene) {
    const max = maxLabels(this.width, this.height);
    const { candidates, missing, strongCount } = chooseCandidates(scene, max);
    scene.labels.want(missing);
    this.placed = placeLabels(candidates, {
      width: this.width,
      height: this.height,
      max: max + strongCount,
      lineHeight: LINE_HEIGHT_PX,
      reserved: this.reserved,
      measure: (text, strong) => this.measure(text, strong, scene.theme),
    });
  }

  /**
   * @param {Scene} scene
   * @param {{bare?: boolean}} options bare: only what does not belong to points, while these are on their way
   */
  draw(scene, { bare = false } = {}) {
    const { context } = this;
    const { camera, positions } = scene;
    context.setTransform(this.pixelRatio, 0, 0, this.pixelRatio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    /** @type {PositionOf} */
    const at = (id) => camera.toScreen(positions[2 * id] / MAX_COORDINATE, positions[2 * id + 1] / MAX_COORDINATE);
    this.drawAxes(scene);
    for (const { polygon } of scene.regions) {
      const path = polygon.map(([x, y]) => camera.toScreen(x, y));
      this.drawPath(scene, path);
    }
    if (!bare) {
      this.drawContours(scene);
      this.drawLinks(scene, at);
      this.drawMarked(scene, at);
      this.drawLabels(scene, at);
    }
    if (scene.drawing) this.drawPath(scene, scene.drawing);
    if (scene.crosshair) this.drawCrosshair(scene);
  }

  /** @param {Scene} scene */
  drawAxes({ axes, camera, theme }) {
    const { context } = this;
    const { lines, texts } = describeAxes(axes, camera);
    for (const { x1, y1, x2, y2, strong } of lines) {
      context.lineWidth = 1;
      context.strokeStyle = cssColor(theme.text, strong ? 0.45 : 0.7);
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    }
    for (const { text, x, y, align, upwards, strong } of texts) {
      context.save();
      context.translate(x, y);
      if (upwards) context.rotate(-FULL_TURN / 4);
      this.write(text, 0, 0, { align, strong, theme });
      context.restore();
    }
  }

  /**
   * Text with a rim of the background's colour, so that it can be read over points.
   * @type {(text: string, x: number, y: number, look: {align: CanvasTextAlign, strong: boolean, theme: Theme}) => void}
   */
  write(text, x, y, { align, strong, theme }) {
    const { context } = this;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.font = this.font(theme, strong);
    context.textAlign = align;
    context.lineWidth = 3.5;
    context.strokeStyle = cssColor(theme.background, 0.88);
    context.strokeText(text, x, y);
    context.fillStyle = cssColor(theme.text, strong ? 1 : 0.92);
    context.fillText(text, x, y);
  }

  /**
   * The paths are in the unit square, so the canvas is transformed to it, and the lines are made thin again.
   * @param {Scene} scene
   */
  drawContours({ camera, contours, contourStrength, theme }) {
    if (!contours.length) return;
    const { context, pixelRatio } = this;
    const { scale } = camera;
    const [left, bottom] = camera.toScreen(0, 0);
    context.save();
    context.setTransform(scale * pixelRatio, 0, 0, -scale * pixelRatio, left * pixelRatio, bottom * pixelRatio);
    contours.forEach((path, i) => {
      context.lineWidth = (0.8 + 0.25 * i) / scale;
      context.strokeStyle = cssColor(theme.text, contourStrength * (0.3 + 0.14 * i));
      context.stroke(path);
    });
    context.restore();
  }

  /** @type {(scene: Scene, at: PositionOf) => void} */
  drawLinks({ focus, links, theme }, at) {
    if (focus === null || !links.length) return;
    const { context } = this;
    const [x, y] = at(focus);
    context.strokeStyle = cssColor(theme.text, theme.dark ? 0.4 : 0.32);
    context.lineWidth = 1;
    context.beginPath();
    for (const id of links) {
      context.moveTo(x, y);
      context.lineTo(...at(id));
    }
    context.stroke();
  }

  /**
   * Marked points once more in full colour, each with a ring that sets it off from the others.
   * @type {(scene: Scene, at: PositionOf) => void}
   */
  drawMarked({ focus, links, highlight, hovered, theme, colorOf, look }, at) {
    const { context } = this;
    /** @type {(id: number, radius: number, ring: string, ringWidth: number) => void} */
    const disc = (id, radius, ring, ringWidth) => {
      const [x, y] = at(id);
      if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return;
      context.beginPath();
      context.arc(x, y, radius, 0, FULL_TURN);
      context.fillStyle = cssColor(colorOf(id));
      context.fill();
      context.lineWidth = ringWidth;
      context.strokeStyle = ring;
      context.stroke();
    };
    const radius = Math.max(3, look.size / 2 + 0.5);
    for (const id of highlight) disc(id, radius, cssColor(theme.text), 1.25);
    for (const id of links) disc(id, radius + 1, cssColor(theme.background), 1.5);
    if (hovered !== null) disc(hovered, radius + 1, cssColor(theme.text), 1.5);
    if (focus !== null) {
      disc(focus, radius + 2, cssColor(theme.background), 2);
      const [x, y] = at(focus);
      context.beginPath();
      context.arc(x, y, radius + 5, 0, FULL_TURN);
      context.lineWidth = 2;
      context.strokeStyle = cssColor(theme.text);
      context.stroke();
    }
  }

  /** @type {(scene: Scene, at: PositionOf) => void} */
  drawLabels({ theme, hovered }, at) {
    for (const { id, text, strong, align, dx, dy } of this.placed) {
      if (id === hovered) continue; // the tooltip shows it
      const [x, y] = at(id);
      this.write(text, x + dx, y + dy, { align, strong, theme });
    }
  }

  /** @type {(scene: Scene, corners: Pixel[]) => void} */
  drawPath({ theme }, corners) {
    const { context } = this;
    context.beginPath();
    for (const corner of corners) context.lineTo(...corner);
    context.closePath();
    context.fillStyle = cssColor(theme.primary, 0.1);
    context.fill();
    context.strokeStyle = cssColor(theme.primary);
    context.lineWidth = 1.5;
    context.setLineDash([6, 4]);
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {Scene} scene */
  drawCrosshair({ theme, camera }) {
    const { context } = this;
    const [x, y] = camera.middle;
    context.strokeStyle = cssColor(theme.text, 0.8);
    context.lineWidth = 1.5;
    context.beginPath();
    for (const [dx, dy] of CROSSHAIR) {
      context.moveTo(x + dx * 4, y + dy * 4);
      context.lineTo(x + dx * 12, y + dy * 12);
    }
    context.stroke();
  }
}
