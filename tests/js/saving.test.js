import assert from "node:assert/strict";
import { test } from "node:test";
import { pngPixelRatio } from "../../embedviz/map_view/js/saving.js";

const [WIDTH, HEIGHT, MAX_SIDE] = [1600, 800, 16384];
const ratioOf = (size, maxSide = MAX_SIDE) =>
  pngPixelRatio({ scale: 2, width: null, serial: 0, ...size }, WIDTH, HEIGHT, maxSide);

test("a picture is as many times the size on the screen, or as wide, as was chosen", () => {
  assert.equal(ratioOf({}), 2);
  assert.equal(ratioOf({ scale: 4 }), 4);
  assert.equal(ratioOf({ width: 1920 }), 1.2);
  assert.equal(ratioOf({ width: 800 }), 0.5);
});

test("no picture is larger than browsers draw: neither its longer side nor its 64 million pixels", () => {
  assert.equal(ratioOf({ scale: 4 }, 4096), 2.56);
  const ratio = ratioOf({ scale: 40 });
  assert.ok(Math.abs(WIDTH * HEIGHT * ratio ** 2 - 64e6) < 1);
});
