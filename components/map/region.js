// Boxes and lassos: polygons in the unit square, few enough corners to send, and which points lie inside.

const MOST_CORNERS = 200;

// Ramer, Douglas and Peucker: leaves out the corners that lie within `tolerance` pixels of the line without them.
function simplify(path, tolerance) {
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const pending = [[0, path.length - 1]];
  while (pending.length) {
    const [from, to] = pending.pop();
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

// path: corners in pixels, as drawn. Null when what was drawn has no area worth the name.
export function regionFrom(kind, path, camera, mode) {
  let corners = path;
  if (kind === "box") {
    const [[ax, ay], [bx, by]] = [path[0], path[path.length - 1]];
    if (Math.abs(ax - bx) < 4 || Math.abs(ay - by) < 4) return null;
    corners = [[ax, ay], [bx, ay], [bx, by], [ax, by]]; // prettier-ignore
  } else {
    for (let tolerance = 0.75; tolerance === 0.75 || corners.length > MOST_CORNERS; tolerance *= 1.6) {
      corners = simplify(path, tolerance);
    }
    if (corners.length < 3) return null;
  }
  const round = (value) => Math.round(value * 1e6) / 1e6;
  return { kind, mode, polygon: corners.map(([px, py]) => camera.toWorld(px, py).map(round)) };
}

// Writes `value` into mask[id] for the points inside, by the even-odd rule, that `accepts(id)`.
// positions: Uint16Array x, y, …; polygon in the unit square.
export function markInside(positions, polygon, mask, value, accepts = () => true) {
  const xs = polygon.map(([x]) => x * 65535);
  const ys = polygon.map(([, y]) => y * 65535);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i], positions[i + 1]];
    if (x < left || x > right || y < bottom || y > top) continue;
    let inside = false;
    for (let a = 0, b = xs.length - 1; a < xs.length; b = a++) {
      if (ys[a] > y !== ys[b] > y && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) inside = !inside;
    }
    if (inside && accepts(i >> 1)) mask[i >> 1] = value;
  }
}
