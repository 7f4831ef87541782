// @ts-check
// Saves the map as a picture: what is in sight, with its labels and the legend.

import { paintPicture } from "./picture.js";
import { paintSvg } from "./svg.js";

/** @import { Layout } from "./layout.js" */
/** @import { Overlay } from "./overlay.js" */
/** @import { Painter } from "./painter.js" */
/** @import { Colors } from "./palette.js" */
/** @import { PointsLayer } from "./points_layer.js" */

export const MAX_SVG_POINTS = 20000; // drawing programs choke on more
const REVOKE_DELAY_MS = 10000;

/** @type {(painter: Painter, parts: Layout, colors: Colors) => void} */
export function savePng(painter, { points, overlay }, colors) {
  const { camera, look, theme } = painter.describe();
  painter.paintWhole();
  const { pixelRatio } = look;
  const picture = paintPicture({ points, overlay, pixelRatio, theme, height: camera.height, colors });
  picture.toBlob((blob) => blob && download(blob, "map.png"), "image/png");
}

/** @type {(painter: Painter, layer: PointsLayer, overlay: Overlay, colors: Colors) => void} */
export function saveSvg(painter, layer, overlay, colors) {
  painter.paintWhole();
  const scene = painter.describe();
  const { size } = scene.look;
  const picture = paintSvg({
    scene,
    placed: overlay.placed,
    colors,
    colorOf: (id) => layer.colorOf(id),
    sizeOf: (id) => layer.sizeOf(id, size),
  });
  download(picture, "map.svg");
}

/** @type {(blob: Blob, name: string) => void} */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_DELAY_MS);
}
