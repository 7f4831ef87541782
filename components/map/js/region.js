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

const BAND = 64; // steps of the 16-bit positions: an edge is looked at only for points of the bands that it crosses

// Writes `value` into mask[id] for the points inside, by the even-odd rule, that `accepts(id)`.
// positions: Uint16Array x, y, …; polygon in the unit square.
export function markInside(positions, polygon, mask, value, accepts = () => true) {
  const corners = polygon.map(([x, y]) => [x * 65535, y * 65535]);
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

// For each band of y the edges that cross it, four numbers each; undefined where there are none.
function edgesByBand(corners) {
  const bands = new Array(65536 / BAND);
  corners.forEach(([ax, ay], at) => {
    const [bx, by] = corners[(at || corners.length) - 1];
    const last = Math.min(bands.length - 1, Math.floor(Math.max(ay, by) / BAND));
    for (let band = Math.max(0, Math.floor(Math.min(ay, by) / BAND)); band <= last; band++) {
      (bands[band] ??= []).push(ax, ay, bx, by);
    }
  });
  return bands;
}
