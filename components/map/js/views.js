// Where maps were looked at from: kept while the page is open, and in the page's address as ?view=x,y,zoom.

const remembered = new Map(); // points address -> camera place: coming back to a page finds its map as it was left
const WRITE_MS = 300; // browsers refuse more than a few writes a second

export const viewOf = ({ x, y, zoom }) => ({ x, y, zoom });

export class Views {
  constructor(camera) {
    this.camera = camera;
  }

  // The place a map was left at, if it was shown before.
  left(address) {
    return remembered.get(address) ?? null;
  }

  // The place that a link names.
  inAddress() {
    const parts = (new URLSearchParams(location.search).get("view") ?? "").split(",").map(Number);
    if (parts.length !== 3 || !parts.every(Number.isFinite)) return null;
    const [x, y, zoom] = parts;
    return { x, y, zoom };
  }

  remember(address, { inAddress }) {
    if (!address || this.camera.flight) return;
    remembered.set(address, viewOf(this.camera));
    clearTimeout(this.writing);
    if (inAddress) this.writing = setTimeout(() => this.write(), WRITE_MS);
  }

  // Without a step in the browser's history: the steps back are Python's.
  write() {
    const text = ({ x, y, zoom }) => [x.toFixed(4), y.toFixed(4), zoom.toPrecision(4)].join(",");
    const address = new URL(location.href);
    if (text(this.camera) === text(this.camera.home)) address.searchParams.delete("view");
    else address.searchParams.set("view", text(this.camera));
    if (address.href !== location.href) history.replaceState(history.state, "", address.href.replaceAll("%2C", ","));
  }

  stop() {
    clearTimeout(this.writing);
  }
}
