// The map as a PNG: ground, points, labels, and the key to the colours.

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

export function downloadPicture(canvas, name) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
}
