// @ts-check
// The map as a PNG picture: background, points, labels, and the legend.

import { shorten } from "./labels.js";
import { formatNumber } from "./legend.js";
import { categoryColor, cssColor, numberColor } from "./palette.js";

/** @import { Colors, Theme } from "./palette.js" */

export const LEGEND_ROW_PX = 20;

/**
 * Draw the legend in the lower left corner, as far up as there is room.
 * @type {(context: CanvasRenderingContext2D, height: number, colors: Colors, theme: Theme) => void}
 */
function paintLegend(context, height, { kind, legend }, theme) {
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  if (kind === "number") {
    const bar = context.createLinearGradient(14, 0, 154, 0);
    for (let i = 0; i <= 10; i++) bar.addColorStop(i / 10, cssColor(numberColor(i / 10, theme)));
    context.fillStyle = bar;
    context.fillRect(14, height - 20, 140, 8);
    context.fillStyle = cssColor(theme.text);
    context.fillText(`${formatNumber(legend[0])} – ${formatNumber(legend[1])}`, 162, height - 16);
  } else if (kind === "category") {
    const rows = legend.slice(0, Math.floor((height - 28) / LEGEND_ROW_PX));
    for (const [i, [name, css]] of rows.entries()) {
      const y = height - 18 - (rows.length - 1 - i) * LEGEND_ROW_PX;
      context.beginPath();
      context.arc(19, y, 5, 0, 2 * Math.PI);
      context.fillStyle = cssColor(categoryColor(css, theme));
      context.fill();
      context.lineWidth = 3.5;
      context.strokeStyle = cssColor(theme.background, 0.88);
      context.strokeText(shorten(name), 31, y);
      context.fillStyle = cssColor(theme.text);
      context.fillText(shorten(name), 31, y);
    }
  }
}

/**
 * Has to run in the same task as the drawing of the points: their canvas is not kept afterwards.
 * @param {object} options
 * @param {HTMLCanvasElement} options.points
 * @param {HTMLCanvasElement} options.overlay
 * @param {number} options.pixelRatio
 * @param {number} options.height of the stage in CSS pixels
 * @param {Colors} options.colors
 * @param {Theme} options.theme
 */
export function paintPicture({ points, overlay, pixelRatio, height, colors, theme }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [points.width, points.height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = cssColor(theme.background);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(points, 0, 0);
  context.drawImage(overlay, 0, 0);
  context.scale(pixelRatio, pixelRatio);
  paintLegend(context, height, colors, theme);
  return canvas;
}
