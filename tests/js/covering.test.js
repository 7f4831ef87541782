import assert from "node:assert/strict";
import { test } from "node:test";
import { coveredPart } from "../../embedviz/map_view/js/covering.js";

const rect = (left, top, right, bottom) => ({ left, top, right, bottom, width: right - left, height: bottom - top });
const map = rect(300, 100, 1440, 850);

test("a panel at the right edge covers the side, whatever its height", () => {
  assert.deepEqual(coveredPart(map, rect(1060, 100, 1440, 850)), { right: 380, bottom: 0 });
  assert.deepEqual(coveredPart(map, rect(1060, 100, 1440, 300)), { right: 380, bottom: 0 });
});

test("a sheet as wide as the map covers its lower edge", () => {
  assert.deepEqual(coveredPart(map, rect(300, 500, 1440, 850)), { right: 0, bottom: 350 });
});

test("a panel that is empty or beside the map covers nothing", () => {
  assert.deepEqual(coveredPart(map, rect(1060, 100, 1440, 100)), { right: 0, bottom: 0 });
  assert.deepEqual(coveredPart(map, rect(1440, 100, 1600, 850)), { right: 0, bottom: 0 });
  assert.deepEqual(coveredPart(map, rect(0, 0, 0, 0)), { right: 0, bottom: 0 });
});
