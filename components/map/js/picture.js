// The map as a picture, PNG or SVG: ground, points, labels, and the key to the colours.

import { categoryColour, cssColour, numberColour } from "./palette.js";
import { formatNumber } from "./legend.js";
import { shorten } from "./labels.js";

const LINE = 20;

// Draws the key in the lower left corner, as far up as there is room.
function paintLegend(context, height, { kind, legend, theme }) {
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  if (kind === "number") {
    const bar = context.createLinearGradient(14, 0, 154, 0);
    for (let i = 0; i <= 10; i++) bar.addColorStop(i / 10, cssColour(numberColour(i / 10, theme)));
    context.fillStyle = bar;
    context.fillRect(14, height - 20, 140, 8);
    context.fillStyle = cssColour(theme.text);
    context.fillText(`${formatNumber(legend[0])} – ${formatNumber(legend[1])}`, 162, height - 16);
  } else if (kind === "category") {
    const rows = legend.slice(0, Math.floor((height - 28) / LINE));
    rows.forEach(([name, css], i) => {
      const y = height - 18 - (rows.length - 1 - i) * LINE;
      context.beginPath();
      context.arc(19, y, 5, 0, 2 * Math.PI);
      context.fillStyle = cssColour(categoryColour(css, theme));
      context.fill();
      context.lineWidth = 3.5;
      context.strokeStyle = cssColour(theme.background, 0.88);
      context.strokeText(shorten(name), 31, y);
      context.fillStyle = cssColour(theme.text);
      context.fillText(shorten(name), 31, y);
    });
  }
}

// Has to run in the same task as the drawing of the points: their canvas is not kept afterwards.
export function paintPicture({ points, overlay, pixelRatio, height, ...key }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [points.width, points.height];
  const context = canvas.getContext("2d");
  context.fillStyle = cssColour(key.theme.background);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(points, 0, 0);
  context.drawImage(overlay, 0, 0);
  context.scale(pixelRatio, pixelRatio);
  paintLegend(context, height, key);
  return canvas;
}

// The same as SVG, of as many points as a drawing program takes. scene: see scene.js; placed: labels as placeLabels has
// them; colourOf(id) -> [red, green, blue, alpha of 255]; sizeOf(id) -> pixels across.
export function paintSvg({ scene, placed, colourOf, sizeOf, colours }) {
  const { camera, positions, theme } = scene;
  const { width, height } = camera;
  const round = (value) => Math.round(value * 100) / 100;
  const at = (id) => camera.toScreen(positions[2 * id] / 65535, positions[2 * id + 1] / 65535).map(round);
  const parts = [];
  const add = (name, attributes, text) => {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
    parts.push(`<${name}${written.join("")}${text === undefined ? "/>" : `>${escape(text)}</${name}>`}`);
  };
  add("rect", { width, height, fill: hex(theme.background) });
  for (let id = 0; id < positions.length / 2; id++) {
    const [x, y] = at(id);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const [red, green, blue, alpha] = colourOf(id);
    const opacity = round((scene.look.opacity * alpha) / 255);
    add("circle", { cx: x, cy: y, r: round(sizeOf(id) / 2), fill: hex([red, green, blue]), "fill-opacity": opacity });
  }
  if (scene.focus !== null) {
    const [x1, y1] = at(scene.focus);
    for (const id of scene.links) add("line", { x1, y1, x2: at(id)[0], y2: at(id)[1], stroke: hex(theme.text), "stroke-opacity": 0.35 });
  }
  const written = (x, y, text, strong, anchor) =>
    add("text", { x: round(x), y: round(y), "text-anchor": anchor, "font-size": strong ? 13 : 12, "font-weight": strong ? 600 : 400,
      fill: hex(theme.text), stroke: hex(theme.background), "stroke-width": 3, "paint-order": "stroke" }, text); // prettier-ignore
  for (const { id, text, strong, align, dx, dy } of placed) {
    const [x, y] = at(id);
    written(x + dx, y + dy + 4, text, strong, { left: "start", right: "end", center: "middle" }[align]);
  }
  if (colours.kind === "category") {
    colours.legend.forEach(([name, css], row) => {
      const y = height - 18 - (colours.legend.length - 1 - row) * LINE;
      add("circle", { cx: 19, cy: y, r: 5, fill: hex(categoryColour(css, theme)) });
      written(31, y + 4, shorten(name), false, "start");
    });
  } else if (colours.kind === "number") {
    for (let i = 0; i < 28; i++) add("rect", { x: 14 + 5 * i, y: height - 20, width: 5, height: 8, fill: hex(numberColour(i / 27, theme)) });
    written(162, height - 12, colours.legend.map(formatNumber).join(" – "), false, "start");
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">`;
  return new Blob([`${head}\n${parts.join("\n")}\n</svg>\n`], { type: "image/svg+xml" });
}

const hex = (channels) => `#${channels.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// What XML cannot hold at all is left out.
const escape = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (c) => ENTITIES[c]);
