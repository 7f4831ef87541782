// Follows points that are being moved elsewhere, and hands over each place they have come to.

const EVERY_MS = 350;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Forming {
  constructor(onPoints) {
    this.onPoints = onPoints;
    this.address = null;
  }

  // address: where to ask, or null to stop; n: points that are expected.
  async follow(address, n) {
    if (address === this.address) return;
    this.address = address;
    let moment = "";
    while (address && this.address === address) {
      const place = new URL(address, document.baseURI);
      place.searchParams.set("after", moment);
      try {
        const answer = await fetch(place);
        if (answer.status === 200) {
          moment = answer.headers.get("X-Moment");
          const bytes = await answer.arrayBuffer();
          // a map of other points than those that are shown is waited for
          if (bytes.byteLength === 4 * n && this.address === address) this.onPoints(new Uint16Array(bytes));
        }
      } catch (error) {
        console.warn(`embedviz map: the moving points could not be asked for: ${error.message}`); // the next time, then
      }
      await pause(EVERY_MS);
    }
  }
}
