// @ts-check
// Choosing the labels that can be drawn without overlapping.

/**
 * @typedef {object} Candidate a label that may be drawn, in pixels
 * @property {number} id
 * @property {string} text
 * @property {number} x
 * @property {number} y
 * @property {boolean} strong
 * @property {number} gap free pixels around the point
 */

/**
 * @typedef {object} PlacedLabel
 * @property {number} id
 * @property {string} text
 * @property {boolean} strong
 * @property {"left" | "right" | "center"} align
 * @property {number} dx pixels from the point
 * @property {number} dy
 */

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

const CELL_WIDTH_PX = 64;
const CELL_HEIGHT_PX = 32;

/** Boxes already taken, kept in coarse cells so that a look-up touches few of them. */
class Occupied {
  constructor() {
    /** @type {Map<number, Box[]>} */
    this.cells = new Map();
  }

  /** @param {Box} box */
  *keys(box) {
    for (let cx = Math.floor(box.left / CELL_WIDTH_PX); cx <= Math.floor(box.right / CELL_WIDTH_PX); cx++) {
      for (let cy = Math.floor(box.top / CELL_HEIGHT_PX); cy <= Math.floor(box.bottom / CELL_HEIGHT_PX); cy++) {
        yield cx * 4096 + cy;
      }
    }
  }

  /** @param {Box} box */
  isFree(box) {
    for (const key of this.keys(box)) {
      for (const other of this.cells.get(key) ?? []) {
        if (box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top) {
          return false;
        }
      }
    }
    return true;
  }

  /** @param {Box} box */
  add(box) {
    for (const key of this.keys(box)) {
      const boxes = this.cells.get(key);
      if (boxes) boxes.push(box);
      else this.cells.set(key, [box]);
    }
  }
}

/**
 * Place the labels, the most important candidate first. Strong ones may also stand above or below their point.
 * @param {Candidate[]} candidates
 * @param {object} options
 * @param {number} options.width of the stage
 * @param {number} options.height
 * @param {number} options.max labels
 * @param {number} options.lineHeight
 * @param {(text: string, strong: boolean) => number} options.measure width in pixels
 * @param {Box[]} [options.reserved] boxes that no label may touch
 * @returns {PlacedLabel[]}
 */
export function placeLabels(candidates, { width, height, max, lineHeight, measure, reserved = [] }) {
  const occupied = new Occupied();
  for (const box of reserved) occupied.add(box);
  /** @type {PlacedLabel[]} */
  const placed = [];
  for (const { id, text, x, y, strong, gap } of candidates) {
    if (placed.length >= max) break;
    const wide = measure(text, strong);
    const rise = gap + lineHeight / 2;
    /** @type {[PlacedLabel["align"], number, number][]} */
    // biome-ignore format: one row
    const places = [["left", gap, 0], ["right", -gap, 0], ["center", 0, -rise], ["center", 0, rise]];
    for (const [align, dx, dy] of strong ? places : places.slice(0, 2)) {
      const left = x + dx - (align === "left" ? 0 : align === "right" ? wide : wide / 2);
      const top = y + dy - lineHeight / 2;
      const box = { left: left - 3, right: left + wide + 3, top: top - 1, bottom: top + lineHeight + 1 };
      if (box.left < 2 || box.right > width - 2 || box.top < 1 || box.bottom > height - 1) continue;
      if (!occupied.isFree(box)) continue;
      occupied.add(box);
      placed.push({ id, text, strong, align, dx, dy });
      break;
    }
  }
  return placed;
}
