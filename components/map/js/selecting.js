// A person's selecting: shown at once, told to Python, taken over by the maps that are linked to this one.

import { Selection } from "./selection.js";
import { regionFrom } from "./region.js";
import { count } from "./fetching.js";
import { say } from "./furniture.js";

const REFUSED_MS = 2500;

export class Selecting {
  constructor(map) {
    this.map = map;
    this.selection = new Selection();
  }

  // What was drawn, as corners in pixels. The points have to stand where Python knows them to be.
  draw(kind, path, mode) {
    const { map, selection } = this;
    if (map.data.forming_url) return this.refuse("The points are still moving. Select when they have arrived.");
    if (map.frames.isPast) return this.refuse("This is a moment of the training. Select at its end.");
    const region = regionFrom(kind, path, map.camera, selection.isEmpty && mode === "add" ? "new" : mode);
    if (!region) return map.painter.redraw({ points: false });
    if (map.hidden.size) region.without = { column: map.data.colour, codes: [...map.hidden] };
    selection.draw(region, map.positions, (id) => map.accepts(id)); // what the legend leaves out is not selected
    this.changed();
  }

  clear() {
    if (this.selection.isEmpty) return;
    this.selection.clear();
    this.changed();
  }

  changed() {
    this.show();
    for (const other of this.map.link.others) other.selecting.takeOver(this.selection.mask);
    this.map.tell("regions", this.selection.regions);
  }

  // What another map of the link has selected.
  takeOver(mask) {
    this.selection.keep([], null, mask);
    this.show();
  }

  // Python's word. An answer to what was drawn before the last region is late, and passed over.
  adopt() {
    const { data, event, positions } = this.map;
    if (data.regions_serial < event.regions_serial) return;
    if (this.selection.adopt(data.regions, data.selected, positions)) this.show();
  }

  show() {
    const { layer, painter, parts, positions } = this.map;
    const { mask, isEmpty, count: chosen } = this.selection;
    layer?.setChosen(mask);
    parts.chip.hidden = isEmpty || !positions.length;
    parts.chipText.textContent = chosen === 1 ? "1 point selected" : `${count(chosen)} points selected`;
    painter.redraw();
  }

  refuse(sentence) {
    const { loading, painter, parts } = this.map;
    say(parts.note, sentence);
    setTimeout(() => loading.hasPoints && say(parts.note, ""), REFUSED_MS);
    painter.redraw({ points: false });
  }
}
