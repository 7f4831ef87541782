// @ts-check
// Linked maps: maps of one page that show the same points in the same order, and hover and select together.

/**
 * Methods of a map for the other maps of its link.
 * @typedef {object} LinkedMap
 * @property {(id: number | null) => void} markHovered
 * @property {(mask: Uint8Array | null) => void} takeOverSelection
 */

/** @type {Map<string, Set<LinkedMap>>} */
const links = new Map();

export class MapLink {
  /** @param {LinkedMap} map the one that joins links through this */
  constructor(map) {
    this.map = map;
    /** @type {string | null} */
    this.name = null;
  }

  /** @param {string | null} name of the link, or null to leave it */
  join(name) {
    if (name === this.name) return;
    this.members.delete(this.map);
    this.name = name;
    if (name) links.set(name, this.members.add(this.map));
  }

  /** @returns {Set<LinkedMap>} */
  get members() {
    return links.get(this.name ?? "") ?? new Set();
  }

  /** The other maps of the link. */
  get others() {
    return [...this.members].filter((map) => map !== this.map);
  }
}
