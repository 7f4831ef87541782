// @ts-check
// The map as an SVG picture, of as many points as a drawing program takes.

import { describeAxes } from "./axes.js";
import { MAX_COORDINATE } from "./exchange.js";
import { RING_SHARE } from "./points_shaders.js";

/** @import { AxisMarks } from "./axes.js" */
/** @import { PlacedLabel } from "./label_placement.js" */
/** @import { LegendMarks } from "./legend_marks.js" */
/** @import { Theme } from "./palette.js" */
/** @import { Rgba } from "./points_layer.js" */
/** @import { Scene } from "./scene.js" */

const ANCHORS = { left: "start", right: "end", center: "middle" };

/** @type {(value: number) => number} */
const round = (value) => Math.round(value * 100) / 100;
/** @type {(channels: number[]) => string} */
const hex = (channels) => `#${channels.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them, so they are left out
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
/** @param {unknown} text */
const escapeXml = (text) =>
  String(text)
    .replace(NOT_IN_XML, "")
    .replace(/[&<>"]/g, (character) => ENTITIES[character]);

/** The elements of a picture, in the order they are drawn. */
class SvgElements {
  /** @param {Theme} theme */
  constructor(theme) {
    this.theme = theme;
    /** @type {string[]} */
    this.parts = [];
  }

  /** @type {(name: string, attributes: Record<string, unknown>, text?: string) => void} */
  add(name, attributes, text) {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
    const end = text === undefined ? "/>" : `>${escapeXml(text)}</${name}>`;
    this.parts.push(`<${name}${written.join("")}${end}`);
  }

  /**
   * Text whose line has its middle at y.
   * @type {(x: number, y: number, text: string, look: {strong: boolean, anchor: string, upwards?: boolean}) => void}
   */
  write(x, y, text, { strong, anchor, upwards = false }) {
    this.add(
      "text",
      {
        x: round(x),
        y: round(y),
        ...(upwards && { transform: `rotate(-90 ${round(x)} ${round(y)})` }),
        dy: "0.35em",
        "text-anchor": anchor,
        "font-size": strong ? 13 : 12,
        "font-weight": strong ? 600 : 400,
        fill: hex(this.theme.text),
        stroke: hex(this.theme.background),
        "stroke-width": 3,
        "stroke-linejoin": "round",
        "paint-order": "stroke",
      },
      text,
    );
  }

  /** @type {(x: number, y: number, radius: number, color: string, opacity: number, isRing: boolean) => void} */
  point(x, y, radius, color, opacity, isRing) {
    const place = { cx: round(x), cy: round(y) };
    if (!isRing) return this.add("circle", { ...place, r: round(radius), fill: color, "fill-opacity": opacity });
    const line = Math.max(1, 2 * RING_SHARE * radius);
    const stroke = { stroke: color, "stroke-width": round(line), "stroke-opacity": opacity };
    this.add("circle", { ...place, r: round(radius - line / 2), fill: "none", ...stroke });
  }
}

/**
 * The legend at the right of the picture, on a ground of its own: points at the edge end there.
 * @type {(elements: SvgElements, left: number, height: number, legend: LegendMarks) => void}
 */
function addLegend(elements, left, height, legend) {
  if (!legend.width) return;
  elements.add("rect", { x: left, width: legend.width, height, fill: hex(elements.theme.background) });
  for (const { x, y, radius, color, isRing } of legend.discs)
    elements.point(left + x, y, radius, hex(color), 1, isRing);
  for (const { x, y, width, height: part, color } of legend.bar) {
    elements.add("rect", { x: left + x, y: round(y), width, height: part, fill: hex(color) });
  }
  for (const { x, y, text, strong } of legend.texts) elements.write(left + x, y, text, { strong, anchor: "start" });
}

/** @type {(elements: SvgElements, axes: AxisMarks) => void} */
function addAxes(elements, { lines, texts }) {
  for (const { strong, ...ends } of lines) {
    const [x1, y1, x2, y2] = [ends.x1, ends.y1, ends.x2, ends.y2].map(round);
    elements.add("line", { x1, y1, x2, y2, stroke: hex(elements.theme.text), "stroke-opacity": strong ? 0.45 : 0.7 });
  }
  for (const { text, x, y, align, upwards, strong } of texts) {
    elements.write(x, y, text, { strong, anchor: ANCHORS[align], upwards });
  }
}

/**
 * @param {object} options
 * @param {Scene} options.scene
 * @param {PlacedLabel[]} options.placed
 * @param {LegendMarks} options.legend
 * @param {(id: number) => Rgba} options.colorOf
 * @param {(id: number) => number} options.sizeOf pixels across a point
 * @param {(id: number) => boolean} options.isRing
 */
export function paintSvg({ scene, placed, legend, colorOf, sizeOf, isRing }) {
  const { camera, positions, theme } = scene;
  const { width, height } = camera;
  /** @type {(id: number) => number[]} */
  const at = (id) =>
    camera.toScreen(positions[2 * id] / MAX_COORDINATE, positions[2 * id + 1] / MAX_COORDINATE).map(round);
  const elements = new SvgElements(theme);
  elements.add("rect", { width, height, fill: hex(theme.background) });
  addAxes(elements, describeAxes(scene.axes, camera));
  for (let id = 0; id < positions.length / 2; id++) {
    const [x, y] = at(id);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const [red, green, blue, alpha] = colorOf(id);
    const opacity = round((scene.look.opacity * alpha) / 255);
    elements.point(x, y, sizeOf(id) / 2, hex([red, green, blue]), opacity, isRing(id));
  }
  if (scene.focus !== null) {
    const [x1, y1] = at(scene.focus);
    for (const id of scene.links) {
      const [x2, y2] = at(id);
      elements.add("line", { x1, y1, x2, y2, stroke: hex(theme.text), "stroke-opacity": 0.35 });
    }
  }
  for (const { id, text, strong, align, dx, dy } of placed) {
    const [x, y] = at(id);
    elements.write(x + dx, y + dy, text, { strong, anchor: ANCHORS[align] });
  }
  addLegend(elements, width, height, legend);
  const size = `width="${width + legend.width}" height="${height}"`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif">`;
  return new Blob([`${head}\n${elements.parts.join("\n")}\n</svg>\n`], { type: "image/svg+xml" });
}
