// @ts-check
// The theme of a notebook's page, which changes while its maps stay: JupyterLab, VS Code and Colab tell by attributes.

const ATTRIBUTES = ["class", "style", "theme", "data-jp-theme-light", "data-jp-theme-name", "data-theme"];
const STYLES_LOADED_MS = 400; // after the attribute: the style sheets may follow it

/**
 * Call back when the theme may have changed; returns what ends it.
 * @param {() => void} onChange
 */
export function watchTheme(onChange) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  const changed = () => {
    onChange();
    clearTimeout(later);
    later = setTimeout(onChange, STYLES_LOADED_MS);
  };
  const observer = new MutationObserver(changed);
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter: ATTRIBUTES });
  }
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", changed);
  return () => {
    clearTimeout(later);
    observer.disconnect();
    media.removeEventListener("change", changed);
  };
}
