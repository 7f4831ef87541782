// The points' labels, fetched as they are needed, and the choice of those that can be written without overlapping.

const ALL_AT_ONCE = 20000; // up to so many points all labels come in one request
const FIRST = 2000; // of larger maps the most frequent ones come first, the rest by id
const MOST_IDS = 150; // ids in one request: the address stays below 2,000 characters
const LONGEST = 48;

export function shorten(label) {
  const line = String(label).replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : line;
}

export class Labels {
  constructor(address, count, onArrival) {
    this.address = address;
    this.count = count;
    this.onArrival = onArrival;
    this.known = new Array(Math.min(count, ALL_AT_ONCE)); // sparse beyond
    this.asked = new Set();
    this.wanted = new Set();
    this.stop = new AbortController();
    const first = count <= ALL_AT_ONCE ? count : FIRST;
    if (address && count) this.fetch({ from: 0, to: first }, (values) => values.forEach((v, i) => (this.known[i] = v)));
    this.firstIds = first;
    this.pendingFirst = Boolean(address && count);
  }

  get(id) {
    return this.known[id];
  }

  // Asks for labels not known yet; onArrival() follows when they are there.
  want(ids) {
    if (!this.address) return;
    for (const id of ids) {
      if (this.known[id] !== undefined || this.asked.has(id) || (this.pendingFirst && id < this.firstIds)) continue;
      this.wanted.add(id);
    }
    if (this.wanted.size) this.timer ??= setTimeout(() => this.send(), 40);
  }

  send() {
    this.timer = null;
    const ids = [...this.wanted].slice(-MOST_IDS); // the latest wishes first: they are what is in sight
    this.wanted.clear();
    ids.forEach((id) => this.asked.add(id));
    const store = (values) => ids.forEach((id, i) => (this.known[id] = values[i]));
    this.fetch({ ids: ids.join(",") }, store).then((ok) => ok || ids.forEach((id) => this.asked.delete(id)));
  }

  async fetch(parameters, store) {
    const address = new URL(this.address, document.baseURI);
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    try {
      const answer = await fetch(address, { signal: this.stop.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      store(await answer.json());
      return true;
    } catch (error) {
      // The map is of use without labels; the console says why there are none.
      if (error.name !== "AbortError") console.warn(`embedviz map: labels not fetched from ${address}`, error);
      return false;
    } finally {
      if ("from" in parameters) this.pendingFirst = false;
      if (!this.stop.signal.aborted) this.onArrival();
    }
  }

  destroy() {
    clearTimeout(this.timer);
    this.stop.abort();
  }
}

// Rectangles already written on, kept in coarse cells so that a look-up touches few of them.
class Occupied {
  constructor() {
    this.cells = new Map();
  }

  *keys(box) {
    for (let cx = Math.floor(box.left / 64); cx <= Math.floor(box.right / 64); cx++) {
      for (let cy = Math.floor(box.top / 32); cy <= Math.floor(box.bottom / 32); cy++) yield cx * 4096 + cy;
    }
  }

  free(box) {
    for (const key of this.keys(box)) {
      for (const other of this.cells.get(key) ?? []) {
        if (box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top) {
          return false;
        }
      }
    }
    return true;
  }

  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }
}

// Which labels to write, and where: [{id, text, strong, align, dx, dy}], dx and dy in pixels from the point.
// candidates: [{id, text, x, y, strong, gap}] in pixels, the most important first; gap: free pixels around the point.
// Strong labels may also stand above or below their point. measure(text, strong) -> pixels.
export function placeLabels(candidates, { width, height, most, lineHeight, measure }) {
  const occupied = new Occupied();
  const placed = [];
  for (const { id, text, x, y, strong, gap } of candidates) {
    if (placed.length >= most) break;
    const wide = measure(text, strong);
    const rise = gap + lineHeight / 2;
    const places = [["left", gap, 0], ["right", -gap, 0], ["center", 0, -rise], ["center", 0, rise]]; // prettier-ignore
    for (const [align, dx, dy] of strong ? places : places.slice(0, 2)) {
      const left = x + dx - (align === "left" ? 0 : align === "right" ? wide : wide / 2);
      const top = y + dy - lineHeight / 2;
      const box = { left: left - 3, right: left + wide + 3, top: top - 1, bottom: top + lineHeight + 1 };
      if (box.left < 2 || box.right > width - 2 || box.top < 1 || box.bottom > height - 1) continue;
      if (!occupied.free(box)) continue;
      occupied.add(box);
      placed.push({ id, text, strong, align, dx, dy });
      break;
    }
  }
  return placed;
}
