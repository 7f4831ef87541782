// @ts-check
// The map as a PNG picture: points and labels on the background, the legend beside them.

import { cssColor } from "./palette.js";

/** @import { LegendMarks } from "./legend_marks.js" */
/** @import { Overlay } from "./overlay.js" */
/** @import { Theme } from "./palette.js" */

const RING_LINE_PX = 2;

/**
 * Has to run in the same task as the drawing of the points: their canvas is not kept afterwards.
 * @param {object} options
 * @param {HTMLCanvasElement} options.points
 * @param {Overlay} options.overlay
 * @param {LegendMarks} options.legend
 * @param {Theme} options.theme
 */
export function paintPicture({ points, overlay, legend, theme }) {
  const { pixelRatio, width } = overlay;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round((width + legend.width) * pixelRatio), points.height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = cssColor(theme.background);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(points, 0, 0);
  context.drawImage(overlay.canvas, 0, 0);
  context.scale(pixelRatio, pixelRatio);
  context.translate(width, 0);
  paintLegend(context, legend, overlay, theme);
  return canvas;
}

/** @type {(context: CanvasRenderingContext2D, legend: LegendMarks, overlay: Overlay, theme: Theme) => void} */
function paintLegend(context, { discs, bar, texts }, overlay, theme) {
  for (const { x, y, radius, color, isRing } of discs) {
    context.beginPath();
    context.arc(x, y, isRing ? radius - RING_LINE_PX / 2 : radius, 0, 2 * Math.PI);
    context.fillStyle = context.strokeStyle = cssColor(color);
    context.lineWidth = RING_LINE_PX;
    if (isRing) context.stroke();
    else context.fill();
  }
  for (const { x, y, width, height, color } of bar) {
    context.fillStyle = cssColor(color);
    context.fillRect(x, y, width, height + 0.5); // no seam between the parts
  }
  context.textBaseline = "middle";
  context.fillStyle = cssColor(theme.text);
  for (const { x, y, text, strong } of texts) {
    context.font = overlay.font(theme, strong);
    context.fillText(text, x, y);
  }
}
