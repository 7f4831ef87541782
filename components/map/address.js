// The view's place in the page's address: ?view=x,y,zoom. Written without a step in the browser's history.

export function viewInAddress() {
  const parts = (new URLSearchParams(location.search).get("view") ?? "").split(",").map(Number);
  if (parts.length !== 3 || !parts.every(Number.isFinite)) return null;
  const [x, y, zoom] = parts;
  return { x, y, zoom };
}

export function writeView({ x, y, zoom }, home) {
  const address = new URL(location.href);
  const text = [x.toFixed(4), y.toFixed(4), zoom.toPrecision(4)].join(",");
  const atHome = text === [home.x.toFixed(4), home.y.toFixed(4), home.zoom.toPrecision(4)].join(",");
  if (atHome) address.searchParams.delete("view");
  else address.searchParams.set("view", text);
  if (address.href !== location.href) history.replaceState(history.state, "", address.href.replaceAll("%2C", ","));
}
