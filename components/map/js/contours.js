// Where the points are dense: lines around the smallest areas that hold a quarter, half, three quarters and 95 % of them.

const CELLS = 128; // of the grid across the map
const SPREAD = 2; // cells: how far a point's weight is spread, three times over
const SHARES = [0.95, 0.75, 0.5, 0.25];

// positions: Uint16Array x, y, …; bounds in the unit square. One Path2D a share, in the unit square, the widest first.
export function contoursOf(positions, bounds) {
  if (!positions.length) return [];
  const side = Math.max(bounds.right - bounds.left, bounds.top - bounds.bottom, 1e-3) * 1.16;
  const [left, bottom] = [(bounds.left + bounds.right - side) / 2, (bounds.bottom + bounds.top - side) / 2];
  const counts = counted(positions, left, bottom, side);
  const grid = smoothed(counts);
  const place = (cell) => ((cell + 0.5) / CELLS) * side;
  return levelsOf(grid, counts).map((level) => {
    const path = new Path2D();
    for (const [ax, ay, bx, by] of segments(grid, level)) {
      path.moveTo(left + place(ax), bottom + place(ay));
      path.lineTo(left + place(bx), bottom + place(by));
    }
    return path;
  });
}

function counted(positions, left, bottom, side) {
  const grid = new Float32Array(CELLS * CELLS);
  const [fx, fy] = [left * 65535, bottom * 65535];
  const factor = CELLS / (side * 65535);
  for (let i = 0; i < positions.length; i += 2) {
    grid[Math.floor((positions[i + 1] - fy) * factor) * CELLS + Math.floor((positions[i] - fx) * factor)]++;
  }
  return grid;
}

// Three running means in each direction come near to a Gaussian.
function smoothed(grid) {
  for (let round = 0; round < 3; round++) {
    grid = meansAlong(meansAlong(grid, 1, CELLS), CELLS, 1);
  }
  return grid;
}

function meansAlong(grid, step, stride) {
  const result = new Float32Array(grid.length);
  for (let line = 0; line < CELLS; line++) {
    const at = (k) => (k < 0 || k >= CELLS ? 0 : grid[line * stride + k * step]);
    let sum = 0;
    for (let k = -SPREAD; k < SPREAD; k++) sum += at(k);
    for (let k = 0; k < CELLS; k++) {
      sum += at(k + SPREAD) - at(k - SPREAD - 1);
      result[line * stride + k * step] = Math.max(0, sum) / (2 * SPREAD + 1);
    }
  }
  return result;
}

// The densities above which the shares of all points lie.
function levelsOf(grid, counts) {
  const cells = Uint32Array.from(grid.keys()).sort((a, b) => grid[b] - grid[a]);
  const total = counts.reduce((sum, value) => sum + value, 0);
  const levels = [];
  let held = 0;
  for (const cell of cells) {
    held += counts[cell];
    while (levels.length < SHARES.length && held >= SHARES.at(-1 - levels.length) * total) levels.push(grid[cell]);
  }
  return levels.reverse();
}

// Marching squares (Lorensen and Cline 1987, in the plane): where the lines at this level cross the cells' edges.
function* segments(grid, level) {
  const value = (x, y) => grid[y * CELLS + x];
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
