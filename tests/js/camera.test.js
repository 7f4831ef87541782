import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Camera } from "../../embedviz/map_view/js/camera.js";

const near = (actual, expected, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);

let reduced;
let camera;
beforeEach(() => {
  reduced = false;
  globalThis.matchMedia = () => ({ matches: reduced });
  camera = new Camera();
  [camera.width, camera.height] = [800, 400];
});

test("all points are in sight from home, with a margin", () => {
  camera.bounds = { left: 0.2, right: 0.4, bottom: 0.1, top: 0.2 };
  camera.place(camera.home);
  const [left, bottom] = camera.toScreen(0.2, 0.1);
  const [right, top] = camera.toScreen(0.4, 0.2);
  assert.ok(left > 40 && right < 760 && top > 20 && bottom < 380);
  near(left + right, 800);
  near(top + bottom, 400);
});

test("world and screen are inverse to each other, y upwards and downwards", () => {
  camera.place({ x: 0.3, y: 0.6, zoom: 7 });
  const [x, y] = camera.toWorld(...camera.toScreen(0.31, 0.58));
  near(x, 0.31);
  near(y, 0.58);
  assert.ok(camera.toScreen(0.3, 0.7)[1] < camera.toScreen(0.3, 0.6)[1]);
});

test("a drag moves the world with the mouse", () => {
  camera.place({ x: 0.5, y: 0.5, zoom: 4 });
  const [px, py] = camera.toScreen(0.5, 0.5);
  camera.panBy(30, -20);
  const [movedX, movedY] = camera.toScreen(0.5, 0.5);
  near(movedX, px + 30);
  near(movedY, py - 20);
});

test("zooming keeps the world under the mouse", () => {
  camera.place({ x: 0.5, y: 0.5, zoom: 2 });
  const before = camera.toWorld(200, 100);
  camera.zoomAt(200, 100, 3);
  const after = camera.toWorld(200, 100);
  near(after[0], before[0]);
  near(after[1], before[1]);
  near(camera.zoom, 6);
});

test("zoom and centre stay within their limits", () => {
  camera.place({ x: 5, y: -5, zoom: 1e9 });
  assert.deepEqual([camera.x, camera.y, camera.zoom], [1, 0, 400]);
  camera.place({ x: 0.5, y: 0.5, zoom: 0 });
  assert.equal(camera.zoom, 0.6);
});

test("a resized stage shows the same part", () => {
  camera.place({ x: 0.4, y: 0.4, zoom: 3 });
  const { left, right } = camera.visible();
  [camera.width, camera.height] = [400, 200];
  near(camera.visible().left, left);
  near(camera.visible().right, right);
});

test("a flight ends at its target and is announced until then", () => {
  camera.place(camera.home);
  camera.flyTo({ x: 0.2, y: 0.7, zoom: 10 });
  const { start } = camera.flight;
  assert.deepEqual(camera.target, { x: 0.2, y: 0.7, zoom: 10 });
  assert.equal(camera.step(start + 100), true);
  assert.ok(camera.zoom > 1 && camera.zoom < 10);
  assert.equal(camera.step(start + 10_000), false);
  assert.deepEqual([camera.x, camera.y, camera.zoom], [0.2, 0.7, 10]);
  assert.equal(camera.step(start + 20_000), false);
});

test("on its way in, a flight never leaves its target out of sight", () => {
  camera.place(camera.home);
  camera.flyTo({ x: 0.1, y: 0.9, zoom: 40 });
  const { start } = camera.flight;
  for (let ms = 0; ms <= 520; ms += 20) {
    camera.step(start + ms);
    const [px, py] = camera.toScreen(0.1, 0.9);
    assert.ok(px >= 0 && px <= 800 && py >= 0 && py <= 400);
  }
});

test("with reduced motion the camera jumps", () => {
  reduced = true;
  camera.flyTo({ x: 0.2, y: 0.7, zoom: 10 });
  assert.equal(camera.flight, null);
  assert.equal(camera.zoom, 10);
});

test("all points keep clear of the insets", () => {
  camera.insets = { left: 200, right: 100, top: 0, bottom: 50 };
  camera.bounds = { left: 0.2, right: 0.4, bottom: 0.1, top: 0.2 };
  camera.place(camera.home);
  const [left, bottom] = camera.toScreen(0.2, 0.1);
  const [right, top] = camera.toScreen(0.4, 0.2);
  assert.ok(left > 200 && right < 700 && top > 0 && bottom < 350);
  assert.deepEqual(camera.middle, [450, 175]);
  near(left + right, 900);
  near(top + bottom, 350);
});

test("other insets leave the picture where it is, unless all points are in sight", () => {
  camera.place({ x: 0.3, y: 0.6, zoom: 3 });
  const before = camera.toScreen(0.31, 0.58);
  camera.reserve({ left: 0, right: 300, top: 40, bottom: 0 });
  const after = camera.toScreen(0.31, 0.58);
  near(after[0], before[0]);
  near(after[1], before[1]);
  assert.equal(camera.flight, null);
  camera.place(camera.home);
  camera.reserve({ left: 0, right: 0, top: 0, bottom: 0 });
  assert.deepEqual(camera.target, camera.home);
  near(camera.toScreen(0.5, 0.5)[0], 250); // from where it glides home
  while (camera.step(performance.now() + 1000));
  assert.deepEqual({ x: camera.x, y: camera.y, zoom: camera.zoom }, camera.home);
});

test("a flight goes on to its goal when the insets change", () => {
  camera.flyTo({ x: 0.2, y: 0.2, zoom: 5 });
  camera.reserve({ left: 100, right: 0, top: 0, bottom: 0 });
  assert.deepEqual(camera.target, { x: 0.2, y: 0.2, zoom: 5 });
});
