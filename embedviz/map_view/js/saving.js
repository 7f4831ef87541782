// @ts-check
// Saves the map as a picture: what is in sight, with its labels, and the legend beside it.

import { describeLegend } from "./legend_marks.js";
import { paintPicture } from "./picture.js";
import { paintSvg } from "./svg.js";

/** @import { Coloring } from "./coloring.js" */
/** @import { PngExport } from "./exchange.js" */
/** @import { LegendMarks } from "./legend_marks.js" */
/** @import { Overlay } from "./overlay.js" */
/** @import { Painter } from "./painter.js" */
/** @import { PointsLayer } from "./points_layer.js" */
/** @import { Viewport } from "./viewport.js" */

export const MAX_SVG_POINTS = 20000; // drawing programs choke on more
const MAX_PNG_PIXELS = 64e6; // more than that a browser may refuse to draw
const REVOKE_DELAY_MS = 10000;

/**
 * What a picture is made of.
 * @typedef {object} PictureParts
 * @property {Painter} painter
 * @property {PointsLayer} layer
 * @property {Overlay} overlay
 * @property {Viewport} viewport
 * @property {Coloring} coloring
 */

/**
 * Picture pixels for a pixel of the screen.
 * @type {(size: PngExport, width: number, height: number, maxSide: number) => number}
 */
export function pngPixelRatio({ scale, width: wanted }, width, height, maxSide) {
  const largest = Math.min(maxSide / Math.max(width, height), Math.sqrt(MAX_PNG_PIXELS / (width * height)));
  return Math.min(wanted === null ? scale : wanted / width, largest);
}

/** @type {(parts: PictureParts, size: PngExport) => void} */
export function savePng({ painter, layer, overlay, viewport, coloring }, size) {
  const legend = legendOf(overlay, coloring);
  const ratio = pngPixelRatio(size, overlay.width + legend.width, overlay.height, layer.maxSide);
  viewport.withPixelRatio(ratio, () => {
    painter.paintWhole();
    const picture = paintPicture({ points: layer.canvas, overlay, legend, theme: coloring.theme });
    picture.toBlob((blob) => blob && download(blob, "map.png"), "image/png");
  });
}

/** @param {PictureParts} parts */
export function saveSvg({ painter, layer, overlay, coloring }) {
  painter.paintWhole();
  const scene = painter.describe();
  const { size } = scene.look;
  const picture = paintSvg({
    scene,
    placed: overlay.placed,
    legend: legendOf(overlay, coloring),
    colorOf: (id) => layer.colorOf(id),
    sizeOf: (id) => layer.sizeOf(id, size),
    isRing: (id) => layer.isRing(id),
  });
  download(picture, "map.svg");
}

/** @type {(overlay: Overlay, coloring: Coloring) => LegendMarks} */
const legendOf = (overlay, { colors, column, theme }) =>
  describeLegend(colors, column, theme, overlay.height, (text, strong) => overlay.measure(text, strong, theme));

/** @type {(blob: Blob, name: string) => void} */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_DELAY_MS);
}
