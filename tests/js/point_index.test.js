import assert from "node:assert/strict";
import { test } from "node:test";
import { PointIndex } from "../../embedviz/map_view/js/point_index.js";
import { randomPositions } from "./random_positions.js";

const MAX = 65535;

function nearestByComparingAll(positions, x, y, radius, accepts = () => true) {
  let best = null;
  let bestSquare = (radius * MAX) ** 2;
  for (let id = 0; id < positions.length / 2; id++) {
    const square = (positions[2 * id] - x * MAX) ** 2 + (positions[2 * id + 1] - y * MAX) ** 2;
    if (square < bestSquare && accepts(id)) [best, bestSquare] = [id, square];
  }
  return best;
}

for (const n of [1, 5, 300, 5000]) {
  test(`of ${n} points the nearest is the one that comparing all finds`, () => {
    const positions = randomPositions(n, n);
    const index = new PointIndex(positions);
    const places = randomPositions(200, 99);
    for (let k = 0; k < 200; k++) {
      const [x, y] = [places[2 * k] / MAX, places[2 * k + 1] / MAX];
      for (const radius of [0.001, 0.03, 0.5]) {
        assert.equal(index.nearest(x, y, radius), nearestByComparingAll(positions, x, y, radius));
      }
    }
  });
}

test("points that are not accepted are passed over", () => {
  const positions = randomPositions(1000, 1);
  const index = new PointIndex(positions);
  const isEven = (id) => id % 2 === 0;
  for (const [x, y] of [
    [0.5, 0.5],
    [0, 0],
    [1, 1],
    [0.3, 0.8],
  ]) {
    // biome-ignore format: one row
    assert.equal(index.nearest(x, y, 0.2, isEven), nearestByComparingAll(positions, x, y, 0.2, isEven));
  }
});

test("of two points on one spot the lower id is found", () => {
  const index = new PointIndex(Uint16Array.of(9, 9, 500, 500, 500, 500));
  assert.equal(index.nearest(500 / MAX, 500 / MAX, 0.01), 1);
});

test("outside the radius there is nothing", () => {
  const index = new PointIndex(Uint16Array.of(0, 0, MAX, MAX));
  assert.equal(index.nearest(0.5, 0.5, 0.4), null);
  assert.equal(index.nearest(2, 2, 0.1), null);
  assert.equal(new PointIndex(new Uint16Array(0)).nearest(0.5, 0.5, 1), null);
});
