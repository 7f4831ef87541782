// Where the map is looked at from.
//
// World: the unit square of the packed points, y upwards. Screen: CSS pixels of the stage, y downwards.
// `scale` is pixels a unit; `fit` is the scale at which all points are in sight.

const LARGEST_ZOOM = 400; // times `fit`: beyond it the 16-bit steps of the positions would show
const SMALLEST_ZOOM = 0.6;
const MARGIN = 0.06; // share of the stage left free around the points when all are in sight
const FLIGHT_MS = 520;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const ease = (t) => 1 - (1 - t) ** 3;

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.bounds = { left: 0, right: 1, bottom: 0, top: 1 };
    this.x = 0.5;
    this.y = 0.5;
    this.zoom = 1; // scale / fit, so that a resized stage shows the same part
    this.flight = null;
  }

  get fit() {
    const { left, right, bottom, top } = this.bounds;
    const free = 1 - 2 * MARGIN;
    const [across, up] = [Math.max(right - left, 1e-4), Math.max(top - bottom, 1e-4)];
    return Math.min((this.width * free) / across, (this.height * free) / up);
  }

  get scale() {
    return this.fit * this.zoom;
  }

  get home() {
    const { left, right, bottom, top } = this.bounds;
    return { x: (left + right) / 2, y: (bottom + top) / 2, zoom: 1 };
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toWorld(px, py) {
    return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale];
  }

  // The part of the world in sight, widened by `pad` pixels on each side.
  visible(pad = 0) {
    const [left, top] = this.toWorld(-pad, -pad);
    const [right, bottom] = this.toWorld(this.width + pad, this.height + pad);
    return { left, right, bottom, top };
  }

  place({ x, y, zoom }) {
    const { left, right, bottom, top } = this.bounds;
    this.zoom = clamp(zoom, SMALLEST_ZOOM, LARGEST_ZOOM);
    this.x = clamp(x, left, right);
    this.y = clamp(y, bottom, top);
  }

  panBy(dx, dy) {
    this.flight = null;
    this.place({ x: this.x - dx / this.scale, y: this.y + dy / this.scale, zoom: this.zoom });
  }

  // Zooms so that the world under the pixel (px, py) stays under it.
  zoomAt(px, py, factor) {
    this.flight = null;
    const [x, y] = this.toWorld(px, py);
    const zoom = clamp(this.zoom * factor, SMALLEST_ZOOM, LARGEST_ZOOM);
    const ratio = this.zoom / zoom;
    this.place({ x: x + (this.x - x) * ratio, y: y + (this.y - y) * ratio, zoom });
  }

  flyTo(target) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.place(target);
    const from = { x: this.x, y: this.y, zoom: this.zoom };
    this.flight = { from, to: target, start: performance.now() };
  }

  // Moves along the flight; true while there is more of it to come.
  step(now) {
    if (!this.flight) return false;
    const { from, to, start } = this.flight;
    const t = ease(clamp((now - start) / FLIGHT_MS, 0, 1));
    const zoom = from.zoom * (to.zoom / from.zoom) ** t;
    // The centre follows the zoom, or a flight inwards would swing past its goal: what is seen moves evenly.
    const share = Math.abs(to.zoom - from.zoom) < 1e-9 ? t : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
    this.place({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, zoom });
    if (t >= 1) this.flight = null;
    return this.flight !== null;
  }
}
