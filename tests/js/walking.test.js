import assert from "node:assert/strict";
import { test } from "node:test";
import { nextPoint } from "../../embedviz/map_view/js/walking.js";

const all = () => true;
const pointsAt = (...places) => ({ positions: new Uint16Array(places.flat()), count: places.length });
const PLUS = pointsAt([500, 500], [600, 510], [400, 490], [510, 900], [490, 100], [500, 500]);

test("each arrow key leads to the point in its direction, and none to a point at the same place", () => {
  const ways = [[1, 0], [-1, 0], [0, 1], [0, -1]]; // biome-ignore format: one row
  assert.deepEqual(
    ways.map((way) => nextPoint(PLUS, 0, way, all)),
    [1, 2, 3, 4],
  );
});

test("a point straight ahead comes before a nearer one to the side, and one that is left out never", () => {
  const points = pointsAt([0, 0], [100, 90], [150, 0]);
  assert.equal(nextPoint(points, 0, [1, 0], all), 2);
  assert.equal(
    nextPoint(points, 0, [1, 0], (id) => id !== 2),
    1,
  );
  assert.equal(nextPoint(points, 0, [-1, 0], all), null);
});
