// @ts-check
// The map as an SVG picture, of as many points as a drawing program takes.

import { MAX_COORDINATE } from "./exchange.js";
import { shorten } from "./labels.js";
import { formatNumber } from "./legend.js";
import { categoryColor, numberColor } from "./palette.js";
import { LEGEND_ROW_PX } from "./picture.js";

/** @import { PlacedLabel } from "./label_placement.js" */
/** @import { Colors, Theme } from "./palette.js" */
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

  /** @type {(x: number, y: number, text: string, strong: boolean, anchor: string) => void} */
  write(x, y, text, strong, anchor) {
    this.add(
      "text",
      {
        x: round(x),
        y: round(y),
        "text-anchor": anchor,
        "font-size": strong ? 13 : 12,
        "font-weight": strong ? 600 : 400,
        fill: hex(this.theme.text),
        stroke: hex(this.theme.background),
        "stroke-width": 3,
        "paint-order": "stroke",
      },
      text,
    );
  }
}

/** @type {(elements: SvgElements, height: number, colors: Colors, theme: Theme) => void} */
function addLegend(elements, height, { kind, legend }, theme) {
  if (kind === "category") {
    for (const [row, [name, css]] of legend.entries()) {
      const y = height - 18 - (legend.length - 1 - row) * LEGEND_ROW_PX;
      elements.add("circle", { cx: 19, cy: y, r: 5, fill: hex(categoryColor(css, theme)) });
      elements.write(31, y + 4, shorten(name), false, "start");
    }
  } else if (kind === "number") {
    for (let i = 0; i < 28; i++) {
      const fill = hex(numberColor(i / 27, theme));
      elements.add("rect", { x: 14 + 5 * i, y: height - 20, width: 5, height: 8, fill });
    }
    elements.write(162, height - 12, legend.map(formatNumber).join(" – "), false, "start");
  }
}

/**
 * @param {object} options
 * @param {Scene} options.scene
 * @param {PlacedLabel[]} options.placed
 * @param {Colors} options.colors
 * @param {(id: number) => Rgba} options.colorOf
 * @param {(id: number) => number} options.sizeOf pixels across a point
 */
export function paintSvg({ scene, placed, colors, colorOf, sizeOf }) {
  const { camera, positions, theme } = scene;
  const { width, height } = camera;
  /** @type {(id: number) => number[]} */
  const at = (id) =>
    camera.toScreen(positions[2 * id] / MAX_COORDINATE, positions[2 * id + 1] / MAX_COORDINATE).map(round);
  const elements = new SvgElements(theme);
  elements.add("rect", { width, height, fill: hex(theme.background) });
  for (let id = 0; id < positions.length / 2; id++) {
    const [x, y] = at(id);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const [red, green, blue, alpha] = colorOf(id);
    const opacity = round((scene.look.opacity * alpha) / 255);
    const fill = hex([red, green, blue]);
    elements.add("circle", { cx: x, cy: y, r: round(sizeOf(id) / 2), fill, "fill-opacity": opacity });
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
    elements.write(x + dx, y + dy + 4, text, strong, ANCHORS[align]);
  }
  addLegend(elements, height, colors, theme);
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">`;
  return new Blob([`${head}\n${elements.parts.join("\n")}\n</svg>\n`], { type: "image/svg+xml" });
}
