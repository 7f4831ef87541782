// What there is to see at this moment, gathered from the map for those who draw it.

const DIMMED = 0.16; // opacity of the rest while a point and its neighbours are looked at

const [FAR, NEAR] = [2, 5]; // zooms between which the lines of density give way to the points

// Pixels across a point: smaller the more there are, larger the closer one looks.
function pointSize(n, camera) {
  const small = Math.min(1, Math.sqrt(Math.min(camera.width, camera.height) / 560));
  const base = Math.max(1.5, (11.2 - 1.6 * Math.log10(Math.max(100, n))) * small);
  return Math.min(12, base * Math.max(1, camera.zoom) ** 0.35);
}

export function sceneOf(map) {
  const { camera, positions, labels, theme, hovered, selection, drawing, layer, pixelRatio } = map;
  const n = positions.length / 2;
  const present = (ids) => ids.filter((id) => id !== null && id < n);
  const [focus = null] = present([map.focus]);
  const links = present(map.links());
  const highlight = present(map.data?.highlight ?? []);
  const dimmed = Boolean(map.data?.dim) && (focus !== null || highlight.length > 0);
  const contoured = map.density && map.contours ? Math.min(1, Math.max(0, (NEAR - camera.zoom) / (NEAR - FAR))) : 0;
  const opacity = (n > 200000 ? 0.6 : 0.82) * (dimmed ? DIMMED : 1) * (1 - 0.4 * contoured);
  return {
    camera,
    positions,
    labels,
    theme,
    hovered,
    regions: selection.regions, // what was drawn to select
    drawing, // what is being selected: corners in pixels
    focus,
    links,
    highlight,
    marked: [...(focus === null ? [] : [focus]), ...links, ...highlight], // the most important first
    dimmed,
    contours: contoured > 0 ? map.contours : [],
    contoured, // 0 to 1: how strongly the lines of density are drawn
    crosshair: map.parts.stage.matches(":focus-visible"),
    look: { size: pointSize(n, camera), opacity, pixelRatio },
    accepts: (id) => map.accepts(id),
    colourOf: (id) => layer.colourOf(id).slice(0, 3),
  };
}
