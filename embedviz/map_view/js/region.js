// @ts-check
// Boxes and lassos: polygons in the unit square, few enough corners to send, and the points inside.

import { MAX_COORDINATE } from "./exchange.js";

/** @import { Region } from "./exchange.js" */

/** @typedef {[number, number]} Pixel */

const MAX_LASSO_CORNERS = 200;
const MIN_BOX_SIDE_PX = 4;
const BAND = 64; // steps of the 16-bit positions: an edge is tested only for points of the bands that it crosses

/**
 * Ramer, Douglas and Peucker: leave out the corners within `tolerance` pixels of the line without them.
 * @type {(path: Pixel[], tolerance: number) => Pixel[]}
 */
export function simplify(path, tolerance) {
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const pending = [[0, path.length - 1]];
  for (let span = pending.pop(); span; span = pending.pop()) {
    const [from, to] = span;
    const [ax, ay] = path[from];
    const [dx, dy] = [path[to][0] - ax, path[to][1] - ay];
    const length = Math.hypot(dx, dy) || 1;
    let [farthest, distance] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const [px, py] = [path[i][0] - ax, path[i][1] - ay];
      const away = length === 1 && !dx && !dy ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
      if (away > distance) [farthest, distance] = [i, away];
    }
    if (farthest > 0) {
      keep[farthest] = 1;
      pending.push([from, farthest], [farthest, to]);
    }
  }
  return path.filter((_, i) => keep[i]);
}

/**
 * The four corners of the box between two opposite ones.
 * @type {(path: Pixel[]) => Pixel[]}
 */
export function boxCorners(path) {
  const [[ax, ay], [bx, by]] = [path[0], path[path.length - 1]];
  return [
    [ax, ay],
    [bx, ay],
    [bx, by],
    [ax, by],
  ];
}

/**
 * The region that was drawn; null when it has next to no area.
 * @param {Region["kind"]} kind
 * @param {Pixel[]} path corners in pixels, as drawn
 * @param {{toWorld(px: number, py: number): [number, number]}} camera
 * @param {Region["mode"]} mode
 * @returns {Region | null}
 */
export function regionFrom(kind, path, camera, mode) {
  let corners = path;
  if (kind === "box") {
    const [[ax, ay], [bx, by]] = [path[0], path[path.length - 1]];
    if (Math.abs(ax - bx) < MIN_BOX_SIDE_PX || Math.abs(ay - by) < MIN_BOX_SIDE_PX) return null;
    corners = boxCorners(path);
  } else {
    for (let tolerance = 0.75; tolerance === 0.75 || corners.length > MAX_LASSO_CORNERS; tolerance *= 1.6) {
      corners = simplify(path, tolerance);
    }
    if (corners.length < 3) return null;
  }
  /** @type {(value: number) => number} */
  const round = (value) => Math.round(value * 1e6) / 1e6;
  const polygon = corners.map(([px, py]) => {
    const [x, y] = camera.toWorld(px, py);
    return /** @type {[number, number]} */ ([round(x), round(y)]);
  });
  return { kind, mode, polygon };
}

/**
 * Write `value` into mask[id] for the accepted points inside the polygon, by the even-odd rule.
 * @param {Uint16Array} positions x, y, x, y, …
 * @param {[number, number][]} polygon in the unit square
 * @param {Uint8Array} mask
 * @param {number} value
 * @param {(id: number) => boolean} accepts
 */
export function markInside(positions, polygon, mask, value, accepts = () => true) {
  const corners = polygon.map(([x, y]) => [x * MAX_COORDINATE, y * MAX_COORDINATE]);
  const xs = corners.map(([x]) => x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const bands = edgesByBand(corners);
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i], positions[i + 1]];
    const edges = bands[(y / BAND) | 0];
    if (!edges || x < left || x > right) continue;
    let inside = false;
    for (let k = 0; k < edges.length; k += 4) {
      const [ax, ay, bx, by] = [edges[k], edges[k + 1], edges[k + 2], edges[k + 3]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    if (inside && accepts(i >> 1)) mask[i >> 1] = value;
  }
}

/**
 * For each band of y the edges that cross it, four numbers each; undefined where there are none.
 * @param {number[][]} corners
 */
function edgesByBand(corners) {
  /** @type {number[][]} */
  const bands = new Array((MAX_COORDINATE + 1) / BAND);
  corners.forEach(([ax, ay], at) => {
    const [bx, by] = corners[(at || corners.length) - 1];
    const last = Math.min(bands.length - 1, Math.floor(Math.max(ay, by) / BAND));
    for (let band = Math.max(0, Math.floor(Math.min(ay, by) / BAND)); band <= last; band++) {
      bands[band] ??= [];
      bands[band].push(ax, ay, bx, by);
    }
  });
  return bands;
}
