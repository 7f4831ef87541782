// @ts-check
// Density contours: lines around the smallest areas that hold a quarter, half, three quarters and 95% of the points.

import { MAX_COORDINATE } from "./exchange.js";

/** @import { Bounds } from "./camera.js" */

const CELLS = 128; // of the grid across the map
const BLUR_RADIUS = 2; // cells, applied three times
export const SHARES = [0.95, 0.75, 0.5, 0.25];

/**
 * The line segments of each contour, ax, ay, bx, by, … in the unit square: one array for each of SHARES.
 * @type {(positions: Uint16Array, bounds: Bounds) => number[][]}
 */
export function contourLines(positions, bounds) {
  if (!positions.length) return [];
  const side = Math.max(bounds.right - bounds.left, bounds.top - bounds.bottom, 1e-3) * 1.16;
  const [left, bottom] = [(bounds.left + bounds.right - side) / 2, (bounds.bottom + bounds.top - side) / 2];
  const counts = countByCell(positions, left, bottom, side);
  const grid = blur(counts);
  /** @type {(cell: number) => number} */
  const place = (cell) => ((cell + 0.5) / CELLS) * side;
  return levelsOf(grid, counts).map((level) => {
    const lines = [];
    for (const [ax, ay, bx, by] of segments(grid, level)) {
      lines.push(left + place(ax), bottom + place(ay), left + place(bx), bottom + place(by));
    }
    return lines;
  });
}

/**
 * One path per contour, in the unit square, the widest first.
 * @type {(positions: Uint16Array, bounds: Bounds) => Path2D[]}
 */
export function contourPaths(positions, bounds) {
  return contourLines(positions, bounds).map((lines) => {
    const path = new Path2D();
    for (let k = 0; k < lines.length; k += 4) {
      path.moveTo(lines[k], lines[k + 1]);
      path.lineTo(lines[k + 2], lines[k + 3]);
    }
    return path;
  });
}

/** @type {(positions: Uint16Array, left: number, bottom: number, side: number) => Float32Array} */
function countByCell(positions, left, bottom, side) {
  const grid = new Float32Array(CELLS * CELLS);
  const [fx, fy] = [left * MAX_COORDINATE, bottom * MAX_COORDINATE];
  const factor = CELLS / (side * MAX_COORDINATE);
  for (let i = 0; i < positions.length; i += 2) {
    grid[Math.floor((positions[i + 1] - fy) * factor) * CELLS + Math.floor((positions[i] - fx) * factor)]++;
  }
  return grid;
}

/**
 * Three running means in each direction come near to a Gaussian.
 * @type {(counts: Float32Array) => Float32Array}
 */
function blur(counts) {
  let grid = counts;
  for (let round = 0; round < 3; round++) grid = runningMean(runningMean(grid, 1, CELLS), CELLS, 1);
  return grid;
}

/** @type {(grid: Float32Array, step: number, stride: number) => Float32Array} */
function runningMean(grid, step, stride) {
  const result = new Float32Array(grid.length);
  for (let line = 0; line < CELLS; line++) {
    /** @type {(k: number) => number} */
    const at = (k) => (k < 0 || k >= CELLS ? 0 : grid[line * stride + k * step]);
    let sum = 0;
    for (let k = -BLUR_RADIUS; k < BLUR_RADIUS; k++) sum += at(k);
    for (let k = 0; k < CELLS; k++) {
      sum += at(k + BLUR_RADIUS) - at(k - BLUR_RADIUS - 1);
      result[line * stride + k * step] = Math.max(0, sum) / (2 * BLUR_RADIUS + 1);
    }
  }
  return result;
}

/**
 * The densities above which the shares of all points lie.
 * @type {(grid: Float32Array, counts: Float32Array) => number[]}
 */
function levelsOf(grid, counts) {
  const cells = Uint32Array.from(grid.keys()).sort((a, b) => grid[b] - grid[a]);
  const total = counts.reduce((sum, value) => sum + value, 0);
  /** @type {number[]} */
  const levels = [];
  let held = 0;
  for (const cell of cells) {
    held += counts[cell];
    while (levels.length < SHARES.length && held >= SHARES[SHARES.length - 1 - levels.length] * total) {
      levels.push(grid[cell]);
    }
  }
  return levels.reverse();
}

/**
 * Marching squares (Lorensen and Cline 1987, in the plane): where the contour at this level crosses the cells' edges.
 * @param {Float32Array} grid
 * @param {number} level
 */
function* segments(grid, level) {
  /** @type {(x: number, y: number) => number} */
  const value = (x, y) => grid[y * CELLS + x];
  /** @type {(a: number, b: number) => number} */
  const cross = (a, b) => (level - a) / (b - a);
  for (let y = 0; y < CELLS - 1; y++) {
    for (let x = 0; x < CELLS - 1; x++) {
      const [a, b, c, d] = [value(x, y), value(x + 1, y), value(x + 1, y + 1), value(x, y + 1)];
      const crossings = [];
      if (a >= level !== b >= level) crossings.push([x + cross(a, b), y]);
      if (b >= level !== c >= level) crossings.push([x + 1, y + cross(b, c)]);
      if (d >= level !== c >= level) crossings.push([x + cross(d, c), y + 1]);
      if (a >= level !== d >= level) crossings.push([x, y + cross(a, d)]);
      for (let k = 0; k + 1 < crossings.length; k += 2) yield [...crossings[k], ...crossings[k + 1]];
    }
  }
}
