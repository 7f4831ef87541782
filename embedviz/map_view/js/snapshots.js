// @ts-check
// A slider through the layouts of a training's snapshots.

import { element, icon, iconButton } from "./dom.js";
import { BYTES_PER_POSITION } from "./exchange.js";
import { fetchBytes, messageOf } from "./fetching.js";

/** @import { MapMessage } from "./exchange.js" */
/** @import { Fetcher } from "./fetching.js" */

const PLAY_INTERVAL_MS = 900; // the points glide for most of it

export class SnapshotSlider {
  /**
   * @param {Fetcher} fetcher
   * @param {HTMLElement} bar hidden where there are no snapshots
   * @param {(positions: Uint16Array) => void} onPositions called with the layout of the snapshot that is shown
   */
  constructor(fetcher, bar, onPositions) {
    this.fetcher = fetcher;
    this.onPositions = onPositions;
    /** @type {string | null} */
    this.address = null;
    /** @type {Uint16Array[]} */
    this.layouts = []; // one per snapshot that has come, the last one being the map itself
    /** @type {string[]} */
    this.titles = [];
    this.at = 0;
    /** @type {number | null} */
    this.awaited = null; // the snapshot to be shown as soon as it comes
    this.running = new AbortController();
    /** @type {ReturnType<typeof setInterval> | null} */
    this.playing = null;
    this.bar = bar;
    this.play = iconButton("play", "Play", () => (this.playing ? this.stop() : this.start()));
    this.slider = element("input");
    this.slider.type = "range";
    this.slider.min = "0";
    this.slider.setAttribute("aria-label", "Training snapshot");
    this.slider.addEventListener("input", () => {
      this.stop();
      this.show(Number(this.slider.value));
    });
    // the arrow keys are the slider's here, not the map's
    this.bar.addEventListener("keydown", (event) => event.stopPropagation());
    this.title = element("output", "snapshot");
    this.bar.append(this.play, this.slider, this.title);
  }

  /** Whether an earlier snapshot than the last is shown. */
  get isPast() {
    return this.at < this.titles.length - 1;
  }

  /**
   * Fetch the snapshots and show the slider; hide it where there are none.
   * @param {MapMessage} data
   */
  async offer({ snapshots_url: address, snapshot_titles: titles, n }) {
    if (address === this.address) return;
    this.stop();
    this.running.abort();
    this.running = new AbortController();
    this.address = address;
    [this.layouts, this.titles, this.at] = [[], [], 0];
    this.bar.hidden = true;
    if (!address || titles.length < 2) return;
    this.titles = titles;
    this.slider.max = String(titles.length - 1);
    this.bar.hidden = false;
    this.select(titles.length - 1);
    const { signal } = this.running;
    const size = BYTES_PER_POSITION * n;
    try {
      await fetchBytes(this.fetcher, address, size * titles.length, "training history", {
        signal,
        onPart: (bytes, received) => {
          while (size * (this.layouts.length + 1) <= received) {
            this.layouts.push(new Uint16Array(bytes, size * this.layouts.length, 2 * n));
            if (this.layouts.length - 1 === this.awaited) this.show(this.awaited);
          }
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      console.warn(`embedviz map: ${messageOf(error)}`); // the map is of use without its history
      this.stop();
      this.bar.hidden = true;
      this.select(titles.length - 1);
    }
  }

  /** @param {number} at */
  select(at) {
    this.at = at;
    this.slider.value = String(at);
    this.title.textContent = this.titles[at];
    this.slider.setAttribute("aria-valuetext", this.titles[at]);
  }

  /**
   * Show a snapshot, or wait for it with the map as it is.
   * @param {number} at
   */
  show(at) {
    this.select(at);
    this.awaited = at in this.layouts ? null : at;
    if (this.awaited === null) this.onPositions(this.layouts[at]);
  }

  /** From the beginning, or from where it was stopped; a snapshot that has not come yet is waited for. */
  start() {
    this.show(this.isPast ? this.at : 0);
    this.playing = setInterval(() => {
      if (this.awaited !== null) return;
      this.show(this.at + 1);
      if (!this.isPast) this.stop();
    }, PLAY_INTERVAL_MS);
    this.label("pause", "Pause");
  }

  stop() {
    clearInterval(this.playing ?? undefined);
    this.playing = null;
    this.label("play", "Play");
  }

  destroy() {
    this.stop();
    this.running.abort();
  }

  /** @type {(name: "play" | "pause", text: string) => void} */
  label(name, text) {
    this.play.replaceChildren(icon(name));
    this.play.title = text;
    this.play.setAttribute("aria-label", text);
  }
}
