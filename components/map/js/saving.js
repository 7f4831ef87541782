// Hands the map out as a picture: what is seen, with its labels and the key to the colours.

import { paintPicture, paintSvg } from "./picture.js";
import { sceneOf } from "./scene.js";

export const MOST_AS_SVG = 20000; // points: drawing programs choke on more

export function savePng(map) {
  const { layer, painter, parts, positions, pixelRatio, theme, camera, colours } = map;
  if (!layer || !positions.length) return;
  map.hover(null);
  painter.stale.points = true; // the canvas keeps its points only until the browser has shown them
  painter.paint(1);
  const { points, overlay } = parts;
  const picture = paintPicture({ points, overlay, pixelRatio, theme, height: camera.height, ...colours });
  picture.toBlob((blob) => download(blob, "map.png"), "image/png");
}

export function saveSvg(map) {
  const { layer, overlay, positions, colours } = map;
  if (!layer || !positions.length || positions.length / 2 > MOST_AS_SVG) return;
  map.hover(null);
  const scene = sceneOf(map);
  const look = { colourOf: (id) => layer.colourOf(id), sizeOf: (id) => layer.sizeOf(id, scene.look.size) };
  download(paintSvg({ scene, placed: overlay.placed ?? [], colours, ...look }), "map.svg");
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
