// What is drawn over the points on a plain canvas: lines of density, of neighbours, marked points, labels, regions.

import { cssColour } from "./palette.js";
import { placeLabels, shorten } from "./labels.js";

const LINE_HEIGHT = 15;
const CANDIDATES_A_LABEL = 4;
const TURN = 2 * Math.PI;

export class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.widths = new Map(); // text -> pixels
  }

  resize(width, height, pixelRatio) {
    this.canvas.width = Math.round(width * pixelRatio);
    this.canvas.height = Math.round(height * pixelRatio);
    [this.width, this.height, this.pixelRatio] = [width, height, pixelRatio];
  }

  font(theme, strong) {
    return `${strong ? 600 : 400} ${strong ? 13 : 12}px ${theme.font}`;
  }

  measure(text, strong, theme) {
    const key = `${strong ? "s" : "w"}${text}`;
    if (!this.widths.has(key)) {
      if (this.widths.size > 5000) this.widths.clear();
      this.context.font = this.font(theme, strong);
      this.widths.set(key, this.context.measureText(text).width);
    }
    return this.widths.get(key);
  }

  // Chooses the labels for the present view. scene: see scene.js.
  chooseLabels(scene) {
    const { camera, positions, labels, theme, marked, accepts, dimmed } = scene;
    const missing = [];
    const most = Math.round(Math.min(140, (this.width * this.height) / 8000));
    const candidates = [];
    const gap = scene.look.size / 2 + 4;
    const add = (id, strong) => {
      const label = labels.get(id);
      if (label === undefined) return missing.push(id);
      const [x, y] = camera.toScreen(positions[2 * id] / 65535, positions[2 * id + 1] / 65535);
      candidates.push({ id, text: shorten(label), x, y, strong, gap: id === scene.focus ? gap + 7 : strong ? gap + 2 : gap });
    };
    const first = new Set(marked.slice(0, 80));
    for (const id of first) add(id, true);
    if (!dimmed) {
      const { left, right, bottom, top } = camera.visible();
      const [minX, maxX, minY, maxY] = [left, right, bottom, top].map((value) => value * 65535);
      let room = most * CANDIDATES_A_LABEL;
      for (let id = 0; id < positions.length / 2 && room > 0; id++) {
        const [x, y] = [positions[2 * id], positions[2 * id + 1]];
        if (x < minX || x > maxX || y < minY || y > maxY || first.has(id) || !accepts(id)) continue;
        add(id, false);
        room--;
      }
    }
    labels.want(missing);
    this.placed = placeLabels(candidates, {
      width: this.width,
      height: this.height,
      most: most + first.size,
      lineHeight: LINE_HEIGHT,
      measure: (text, strong) => this.measure(text, strong, theme),
    });
  }

  // bare: only what does not hang on points, while these are on their way.
  draw(scene, { bare = false } = {}) {
    const { context } = this;
    context.setTransform(this.pixelRatio, 0, 0, this.pixelRatio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const at = (id) => scene.camera.toScreen(scene.positions[2 * id] / 65535, scene.positions[2 * id + 1] / 65535);
    for (const { polygon } of scene.regions) this.drawPath(scene, polygon.map(([x, y]) => scene.camera.toScreen(x, y)));
    if (!bare) {
      this.drawContours(scene);
      this.drawLinks(scene, at);
      this.drawMarked(scene, at);
      this.drawLabels(scene, at);
    }
    if (scene.drawing) this.drawPath(scene, scene.drawing);
    if (scene.crosshair) this.drawCrosshair(scene);
  }

  // The paths are in the unit square, so the canvas is turned to it, and the lines are made thin again.
  drawContours({ camera, contours, contoured, theme }) {
    if (!contours.length) return;
    const { context, pixelRatio } = this;
    const { scale } = camera;
    const [left, bottom] = camera.toScreen(0, 0);
    context.save();
    context.setTransform(scale * pixelRatio, 0, 0, -scale * pixelRatio, left * pixelRatio, bottom * pixelRatio);
    contours.forEach((path, i) => {
      context.lineWidth = (0.8 + 0.25 * i) / scale;
      context.strokeStyle = cssColour(theme.text, contoured * (0.3 + 0.14 * i));
      context.stroke(path);
    });
    context.restore();
  }

  drawLinks({ focus, links, theme }, at) {
    if (focus === null || !links.length) return;
    const { context } = this;
    const [x, y] = at(focus);
    context.strokeStyle = cssColour(theme.text, theme.dark ? 0.4 : 0.32);
    context.lineWidth = 1;
    context.beginPath();
    for (const id of links) {
      context.moveTo(x, y);
      context.lineTo(...at(id));
    }
    context.stroke();
  }

  // Marked points once more in full colour, each with a ring of the ground's colour to stand clear of the others.
  drawMarked({ focus, links, highlight, hovered, theme, colourOf, look }, at) {
    const { context } = this;
    const disc = (id, radius, ring, ringWidth) => {
      const [x, y] = at(id);
      if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return;
      context.beginPath();
      context.arc(x, y, radius, 0, TURN);
      context.fillStyle = cssColour(colourOf(id));
      context.fill();
      context.lineWidth = ringWidth;
      context.strokeStyle = ring;
      context.stroke();
    };
    const radius = Math.max(3, look.size / 2 + 0.5);
    for (const id of highlight) disc(id, radius, cssColour(theme.text), 1.25);
    for (const id of links) disc(id, radius + 1, cssColour(theme.background), 1.5);
    if (hovered !== null) disc(hovered, radius + 1, cssColour(theme.text), 1.5);
    if (focus !== null) {
      disc(focus, radius + 2, cssColour(theme.background), 2);
      const [x, y] = at(focus);
      context.beginPath();
      context.arc(x, y, radius + 5, 0, TURN);
      context.lineWidth = 2;
      context.strokeStyle = cssColour(theme.text);
      context.stroke();
    }
  }

  drawLabels({ theme, hovered }, at) {
    const { context } = this;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const { id, text, strong, align, dx, dy } of this.placed ?? []) {
      if (id === hovered) continue; // the tooltip says it
      const [x, y] = at(id);
      context.font = this.font(theme, strong);
      context.textAlign = align;
      context.lineWidth = 3.5;
      context.strokeStyle = cssColour(theme.background, 0.88);
      context.strokeText(text, x + dx, y + dy);
      context.fillStyle = cssColour(theme.text, strong ? 1 : 0.92);
      context.fillText(text, x + dx, y + dy);
    }
  }

  drawPath({ theme }, corners) {
    const { context } = this;
    context.beginPath();
    for (const corner of corners) context.lineTo(...corner);
    context.closePath();
    context.fillStyle = cssColour(theme.primary, 0.1);
    context.fill();
    context.strokeStyle = cssColour(theme.primary);
    context.lineWidth = 1.5;
    context.setLineDash([6, 4]);
    context.stroke();
    context.setLineDash([]);
  }

  drawCrosshair({ theme }) {
    const { context } = this;
    const [x, y] = [this.width / 2, this.height / 2];
    context.strokeStyle = cssColour(theme.text, 0.8);
    context.lineWidth = 1.5;
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + dx * 4, y + dy * 4);
      context.lineTo(x + dx * 12, y + dy * 12);
    }
    context.stroke();
  }
}
