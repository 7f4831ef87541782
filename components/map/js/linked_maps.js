// Maps of one page that show the same points in the same order, and hover and select together.

const linked = new Map(); // name of the link -> Set of its maps

export class Link {
  constructor(map) {
    this.map = map;
    this.name = null;
  }

  // name: of the link, or null to leave it.
  join(name) {
    if (name === this.name) return;
    linked.get(this.name)?.delete(this.map);
    this.name = name;
    if (!name) return;
    if (!linked.has(name)) linked.set(name, new Set());
    linked.get(name).add(this.map);
  }

  get others() {
    return [...(linked.get(this.name) ?? [])].filter((map) => map !== this.map);
  }
}
