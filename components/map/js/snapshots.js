// A slider through places the points were at before, such as the moments of a training.

import { fetchBytes } from "./fetching.js";
import { button, element, icon } from "./furniture.js";

const PLAY_MS = 900; // a moment: the points glide for most of it

export class Frames {
  constructor(root, onFrame) {
    this.onFrame = onFrame;
    this.address = null;
    this.positions = []; // Uint16Array a moment
    this.at = 0;
    this.bar = element("div", "frames");
    this.bar.hidden = true;
    this.play = button("play", "Play", () => (this.playing ? this.stop() : this.start()));
    this.slider = element("input");
    this.slider.type = "range";
    this.slider.min = "0";
    this.slider.setAttribute("aria-label", "Moment of the training");
    this.slider.addEventListener("input", () => {
      this.stop();
      this.show(Number(this.slider.value));
    });
    // the arrow keys are the slider's here, not the map's
    this.bar.addEventListener("keydown", (event) => event.stopPropagation());
    this.moment = element("output", "moment");
    this.bar.append(this.play, this.slider, this.moment);
    root.append(this.bar);
  }

  // Whether what is shown is not the last of them.
  get isPast() {
    return this.positions.length > 0 && this.at < this.positions.length - 1;
  }

  // data: MapData, with frames_url or without.
  async offer({ frames_url: address, frames, n }) {
    if (address === this.address) return;
    this.stop();
    this.address = address;
    this.positions = [];
    this.bar.hidden = true;
    if (!address || frames.length < 2) return;
    try {
      const bytes = await fetchBytes(address, 4 * n * frames.length, "history");
      if (this.address !== address) return;
      this.positions = frames.map((_, moment) => new Uint16Array(bytes, 4 * n * moment, 2 * n));
    } catch (error) {
      console.warn(`embedviz map: ${error.message}`); // the map is of use without its history
      return;
    }
    this.titles = frames;
    this.slider.max = String(frames.length - 1);
    this.bar.hidden = false;
    this.tell(frames.length - 1);
  }

  tell(moment) {
    this.at = moment;
    this.slider.value = String(moment);
    this.moment.textContent = this.titles[moment];
    this.slider.setAttribute("aria-valuetext", this.titles[moment]);
  }

  show(moment) {
    this.tell(moment);
    this.onFrame(this.positions[moment]);
  }

  start() {
    this.show(this.isPast ? this.at : 0);
    this.playing = setInterval(() => {
      this.show(this.at + 1);
      if (!this.isPast) this.stop();
    }, PLAY_MS);
    this.draw("pause", "Pause");
  }

  stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.draw("play", "Play");
  }

  draw(name, label) {
    this.play.replaceChildren(icon(name));
    this.play.title = label;
    this.play.setAttribute("aria-label", label);
  }
}
