// Colours: what CSS calls them, as numbers; the scale for numbers; the 256 rows the points are coloured from.

// Cividis (Nuñez, Anderton and Renslow 2018) at ten even steps: as even to colour-blind eyes as to others.
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"].map(
  (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)),
);

export const NO_VALUE = 255; // the byte of a point that has no value in the column
const LAST_CODE = 254;
const FILTERED_ALPHA = 0.07; // what the legend leaves out stays as a shadow of the whole

const parser = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

// Any CSS colour as [red, green, blue], 0 to 255; `fallback` where CSS does not know it.
export function rgb(css, fallback = [128, 128, 128]) {
  if (!CSS.supports("color", css)) return fallback;
  parser.clearRect(0, 0, 1, 1);
  parser.fillStyle = css;
  parser.fillRect(0, 0, 1, 1);
  return [...parser.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

export const cssColour = ([red, green, blue], alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;

const luminance = ([red, green, blue]) => (0.299 * red + 0.587 * green + 0.114 * blue) / 255;

// The colours in force on an element, from Streamlit's theme.
export function themeOf(element) {
  const style = getComputedStyle(element);
  const background = rgb(style.backgroundColor, [255, 255, 255]);
  return {
    background,
    text: rgb(style.getPropertyValue("--st-text-color").trim(), rgb(style.color)), // style.color lags by its transition
    primary: rgb(style.getPropertyValue("--st-primary-color").trim(), [0, 114, 178]),
    dark: luminance(background) < 0.5,
    font: style.fontFamily,
  };
}

// Share 0 to 1 of the scale for numbers. Its ends are cut where they would sink into the ground behind them.
export function numberColour(share, theme) {
  const [low, high] = theme.dark ? [0.14, 1] : [0, 0.92];
  const place = (low + share * (high - low)) * (CIVIDIS.length - 1);
  const below = Math.min(CIVIDIS.length - 2, Math.floor(place));
  return CIVIDIS[below].map((value, k) => Math.round(value + (CIVIDIS[below + 1][k] - value) * (place - below)));
}

export function categoryColour(css, theme) {
  return css === "currentColor" ? theme.text : rgb(css);
}

const noValueColour = (theme) => (theme.dark ? [120, 124, 134] : [150, 154, 162]);

// 256 × RGBA. hidden: the set of category codes that the legend has put out.
export function buildPalette({ kind, legend, hidden, theme }) {
  const palette = new Uint8Array(256 * 4);
  for (let code = 0; code < 256; code++) {
    let colour = noValueColour(theme);
    if (kind === "number" && code !== NO_VALUE) colour = numberColour(code / LAST_CODE, theme);
    else if (kind === "category" && code < legend.length) colour = categoryColour(legend[code][1], theme);
    else if (!kind) colour = theme.primary;
    const shown = kind !== "category" || !hidden.has(code);
    palette.set([...colour, Math.round(255 * (shown ? 1 : FILTERED_ALPHA))], 4 * code);
  }
  return palette;
}
