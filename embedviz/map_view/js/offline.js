// @ts-check
// The map as a page that works offline: answers the map's requests from what the page holds, colours and finds by itself.

import { Bar } from "./bar.js";
import { update } from "./map.js";

/** @import { OfflineContents } from "./exchange.js" */
/** @import { Fetcher } from "./fetching.js" */

const MAX_HIGHLIGHTED_HITS = 200;

/**
 * Show the map in an element.
 * @type {(place: HTMLElement, contents: OfflineContents) => void}
 */
export function show(place, contents) {
  const { labels, colors } = contents;
  const columns = Object.keys(colors);
  /** @type {{column: string, hits: number[], serial: number}} */
  const state = { column: columns[0] ?? "", hits: [], serial: 0 };
  const fetcher = answers(contents);
  const draw = () => {
    const data = {
      ...contents.data,
      ...colors[state.column],
      color_column: state.column,
      highlight: state.hits.slice(0, MAX_HIGHLIGHTED_HITS),
      focus: state.hits[0] ?? null,
      focus_serial: state.serial,
    };
    update({ parentElement: place, data, setStateValue: () => {}, fetcher });
  };
  const bar = new Bar({
    onColor: (column) => {
      state.column = column;
      draw();
    },
    onSearch: (query) => {
      state.hits = find(labels, query);
      state.serial++;
      bar.showSearch(query, query ? `${state.hits.length.toLocaleString("en")} found` : "");
      draw();
    },
  });
  bar.search.placeholder = "a label";
  bar.showColumns(columns, state.column);
  place.before(bar.root);
  draw();
}

/**
 * The points whose labels contain the text: equal labels first, then those that start with it.
 * @type {(labels: string[], query: string) => number[]}
 */
export function find(labels, query) {
  const text = query.toLowerCase();
  const at = (/** @type {number} */ id) => labels[id].toLowerCase();
  const rank = (/** @type {number} */ id) => (at(id) === text ? 0 : at(id).startsWith(text) ? 1 : 2);
  const hits = text ? labels.flatMap((_, id) => (at(id).includes(text) ? [id] : [])) : [];
  return hits.sort((a, b) => rank(a) - rank(b));
}

/** @type {(contents: OfflineContents) => Fetcher} */
function answers({ labels, first, bytes }) {
  return async (address) => {
    const [name, query] = address.split("?");
    if (name !== "labels") {
      return new Response(Uint8Array.from(atob(bytes[name]), (character) => character.charCodeAt(0)));
    }
    const parameters = new URLSearchParams(query);
    const ids = parameters.get("ids")?.split(",").map(Number) ?? first.slice(0, Number(parameters.get("first")));
    const named = ids.map((id) => labels[id]);
    return Response.json(parameters.has("ids") ? named : { ids, labels: named });
  };
}
