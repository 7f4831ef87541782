// @ts-check
// Maps and the cards of their points, by the name of the map: a card follows the focus without a run of the script between.

/**
 * @typedef {object} MapSide
 * @property {(id: number | null) => void} pick make a point the focus
 * @property {(id: number, links: number[]) => void} joined the neighbours of a point came
 * @property {() => void} enter take the keyboard
 */

/**
 * @typedef {object} CardSide
 * @property {(id: number | null) => Promise<void>} follow
 * @property {() => void} enter take the keyboard, once the point is shown
 */

/** @type {Map<string, MapSide>} */
const maps = new Map();
/** @type {Map<string, CardSide>} */
const cards = new Map();

/**
 * One end of the link. It leaves the name it was known by before.
 * @template Side
 */
class End {
  /** @param {Map<string, Side>} ends */
  constructor(ends) {
    this.ends = ends;
    /** @type {string | null} */
    this.name = null;
  }

  /** @type {(name: string | null, side: Side) => void} */
  join(name, side) {
    if (name !== this.name) this.leave(side);
    this.name = name;
    if (name !== null) this.ends.set(name, side);
  }

  /** @param {Side} side */
  leave(side) {
    if (this.name !== null && this.ends.get(this.name) === side) this.ends.delete(this.name);
  }
}

/** @extends {End<MapSide>} */
export class MapEnd extends End {
  constructor() {
    super(maps);
  }

  /** The card of this map, if there is one. */
  get card() {
    return cards.get(this.name ?? "");
  }
}

/** @extends {End<CardSide>} */
export class CardEnd extends End {
  constructor() {
    super(cards);
  }

  /** The map of this card, if there is one. */
  get map() {
    return maps.get(this.name ?? "");
  }
}
