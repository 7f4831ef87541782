"""The script by which the components of a page load the map's modules: one request instead of one for each module."""

from __future__ import annotations

from embedviz.map_view.modules import ENTRY_MODULE

MODULES_PATH = "static/map.json"  # under the app's /embedviz/

# The script of a component lives at a blob address, so it finds the modules by the address of the page. They come in one
# file, dependencies first, and each becomes a blob that imports the blobs before it; all components of a page share them.
LOADER = """
async function loadModules() {
  const answer = await fetch(new URL("embedviz/MODULES_PATH", document.baseURI));
  if (!answer.ok) throw new Error(`The map could not be loaded: the server answered ${answer.status}.`);
  const urls = new Map();
  for (const [name, source] of await answer.json()) {
    const linked = source.replace(/ from "\\.\\/([\\w.]+)"/g, (_, other) => ` from "${urls.get(other)}"`);
    const script = `${linked}\\n//# sourceURL=embedviz-map/${name}`;
    urls.set(name, URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  }
  return import(urls.get("ENTRY_MODULE"));
}

function sharedModules() {
  globalThis.embedvizMap ??= loadModules().catch((error) => {
    globalThis.embedvizMap = undefined;
    throw error;
  });
  return globalThis.embedvizMap;
}
""".replace("MODULES_PATH", MODULES_PATH).replace("ENTRY_MODULE", ENTRY_MODULE)
