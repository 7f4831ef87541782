import assert from "node:assert/strict";
import { test } from "node:test";
import { boxCorners, markInside, regionFrom, simplify } from "../../embedviz/map_view/js/region.js";
import { Selection, unpackBits } from "../../embedviz/map_view/js/selection.js";
import { randomPositions } from "./random_positions.js";

const MAX = 65535;
const camera = { toWorld: (px, py) => [px / 1000, 1 - py / 1000] };
const SQUARE = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.75, 0.75],
  [0.25, 0.75],
];

const circle = (corners, radius) =>
  Array.from({ length: corners }, (_, i) => {
    const turn = (2 * Math.PI * i) / corners;
    return [500 + radius * Math.cos(turn), 500 + radius * Math.sin(turn)];
  });

function isInside([x, y], polygon) {
  let odd = false;
  for (let i = 0; i < polygon.length; i++) {
    const [[ax, ay], [bx, by]] = [polygon[i], polygon[(i + 1) % polygon.length]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

test("a box has four corners in the unit square, y upwards", () => {
  const region = regionFrom("box", [[100, 200], [300, 600]], camera, "add"); // biome-ignore format: one row
  assert.equal(region.kind, "box");
  assert.equal(region.mode, "add");
  assert.deepEqual(region.polygon, [[0.1, 0.8], [0.3, 0.8], [0.3, 0.4], [0.1, 0.4]]); // biome-ignore format: one row
});

test("what has no area is no region", () => {
  assert.equal(regionFrom("box", [[100, 200], [102, 600]], camera, "new"), null); // biome-ignore format: one row
  assert.equal(regionFrom("lasso", [[0, 0], [50, 50], [100, 100]], camera, "new"), null); // biome-ignore format: one row
});

test("a lasso keeps its shape with at most 200 corners", () => {
  const path = circle(5000, 400);
  const { polygon } = regionFrom("lasso", path, camera, "new");
  assert.ok(polygon.length >= 12 && polygon.length <= 200);
  const area = Math.abs(
    polygon.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = polygon[(i + 1) % polygon.length];
      return sum + x * nextY - nextX * y;
    }, 0) / 2,
  );
  assert.ok(Math.abs(area / (Math.PI * 0.4 ** 2) - 1) < 0.01);
});

test("a zigzag too fine for 200 corners is smoothed until it fits", () => {
  const path = Array.from({ length: 3000 }, (_, i) => [i / 3, 500 + (i % 2) * 8]);
  path.push([1000, 900], [0, 900]);
  assert.ok(regionFrom("lasso", path, camera, "new").polygon.length <= 200);
});

test("simplifying leaves out what lies within the tolerance", () => {
  const path = [[0, 0], [50, 0.5], [100, 0], [100, 100]]; // biome-ignore format: one row
  assert.deepEqual(simplify(path, 0.75), [[0, 0], [100, 0], [100, 100]]); // biome-ignore format: one row
  assert.deepEqual(simplify(path, 0.25), path);
});

test("the corners of a box come from any two opposite ones", () => {
  assert.deepEqual(boxCorners([[3, 4], [1, 2]]), [[3, 4], [1, 4], [1, 2], [3, 2]]); // biome-ignore format: one row
});

test("the points marked are those inside, of a polygon that crosses itself too", () => {
  const positions = randomPositions(4000, 3);
  const star = [0, 2, 4, 1, 3].map((i) => {
    const turn = (2 * Math.PI * i) / 5;
    return [0.5 + 0.4 * Math.sin(turn), 0.5 + 0.4 * Math.cos(turn)];
  });
  for (const polygon of [SQUARE, star]) {
    const mask = new Uint8Array(4000);
    markInside(positions, polygon, mask, 255);
    const corners = polygon.map(([x, y]) => [x * MAX, y * MAX]);
    const wanted = Array.from(mask, (_, id) =>
      isInside([positions[2 * id], positions[2 * id + 1]], corners) ? 255 : 0,
    );
    assert.ok(wanted.includes(255) && wanted.includes(0));
    assert.deepEqual(Array.from(mask), wanted);
  }
});

test("points that are not accepted are left as they were", () => {
  const positions = randomPositions(1000, 4);
  const mask = new Uint8Array(1000);
  markInside(positions, SQUARE, mask, 255, (id) => id >= 500);
  assert.ok(mask.subarray(500).includes(255));
  assert.ok(!mask.subarray(0, 500).includes(255));
});

test("a polygon beyond the unit square takes all points", () => {
  const mask = new Uint8Array(1000);
  markInside(randomPositions(1000, 5), [[-1, -1], [2, -1], [2, 2], [-1, 2]], mask, 1); // biome-ignore format: one row
  assert.ok(!mask.includes(0));
});

test("regions replace, add to and remove from a selection", () => {
  const positions = Uint16Array.of(0.1 * MAX, 0.5 * MAX, 0.5 * MAX, 0.5 * MAX, 0.9 * MAX, 0.5 * MAX);
  const strip = (left, right, mode) => ({
    kind: "box",
    mode,
    polygon: boxCorners([[left, 0], [right, 1]]), // biome-ignore format: one row
  });
  const selection = new Selection();
  const draw = (region) => selection.draw(region, positions, () => true);
  draw(strip(0, 0.6, "new"));
  assert.deepEqual([selection.count, Array.from(selection.mask)], [2, [255, 255, 0]]);
  draw(strip(0.8, 1, "add"));
  draw(strip(0, 0.3, "remove"));
  assert.deepEqual([selection.count, Array.from(selection.mask)], [2, [0, 255, 255]]);
  const adopted = new Selection();
  assert.equal(adopted.adopt(selection.regions, null, positions), true);
  assert.deepEqual(adopted.mask, selection.mask);
  assert.equal(adopted.adopt(selection.regions, null, positions), false);
  draw(strip(0, 0.3, "new"));
  assert.equal(selection.regions.length, 1);
  selection.clear();
  assert.equal(selection.isEmpty, true);
});

test("a selection that Python names comes as bits, the lowest first", () => {
  assert.deepEqual(Array.from(unpackBits(btoa("\x01\x02"), 10)), [255, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
});
