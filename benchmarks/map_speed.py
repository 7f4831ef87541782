"""The map in a headless Chromium beside Plotly's scattergl: from the click to the first picture, bytes a point, and at a
million points hovering, recolouring and a lasso around half of them.

    python benchmarks/map_speed.py [repeats]

Both show the same points on a page of Streamlit's. A picture counts once its pixels are there: ours says so after the
graphics processor has finished, of Plotly's canvas the pixels are read.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OURS, PLOTLY = 8611, 8612
GOALS = {20_000: 1.8, 100_000: 2.0, 1_000_000: 2.5}
MILLION = 1_000_000
MAX_PLOTLY_POINTS = 500_000  # a million take minutes
MAP = (
    'document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot.querySelector(".embedviz-map").mapView'
)
PIXELS_OF_PLOTLY = """() => {
  const canvas = document.querySelector(".js-plotly-plot canvas.gl-canvas-context");
  const gl = canvas?.getContext("webgl");
  if (!gl || !canvas.width) return false;
  const pixels = new Uint8Array(4 * canvas.width * canvas.height);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  return pixels.some((value) => value > 0);
}"""
# what `act` takes until the points have all been drawn again, in milliseconds
UNTIL_DRAWN = """async (act) => {
  const map = FIND;
  const begun = performance.now();
  const drawn = new Promise((resolve) => {
    const tell = map.painter.onWhole;
    map.painter.onWhole = (ms) => { map.painter.onWhole = tell; tell(ms); resolve(); };
  });
  new Function("map", act)(map);
  await drawn;
  return performance.now() - begun;
}""".replace("FIND", MAP)
UNTIL_HOVERED = """async () => {
  const map = FIND;
  const surface = map.layout.overlay;
  const box = surface.getBoundingClientRect();
  const times = [];
  for (let k = 0; k < 21; k++) {
    const [x, y] = map.points.screenPosition(k, map.camera);
    const begun = performance.now();
    surface.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + x, clientY: box.top + y, pointerType: "mouse" }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[10];
}""".replace("FIND", MAP)
RECOLOUR = 'map.update({ ...map.data, colors_url: map.data.colors_url.replace(/cluster|x$/, (name) => (name === "x" ? "cluster" : "x")), color_kind: "number", legend: [0, 1] }, map.sender.setState);'
# half of the points: those left of the middle one, within a line of 200 corners
LASSO = """
  const xs = Array.from({ length: map.points.positions.length / 2 }, (_, id) => map.points.positions[2 * id]).sort((a, b) => a - b);
  const middle = xs[xs.length >> 1] / 65535;
  const edge = Array.from({ length: 190 }, (_, k) => map.camera.toScreen(middle + 0.002 * (k % 2), 1.1 - (1.2 * k) / 189));
  globalThis.path = [...edge, map.camera.toScreen(-0.1, -0.1), map.camera.toScreen(-0.1, 1.1)];
"""


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    servers = [serve("tests/browser/map_app", OURS), serve("benchmarks/plotly_app", PLOTLY)]
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
            )
            for n, goal in GOALS.items():
                first_picture(browser, n, goal, repeats)
            at_a_million(browser, repeats)
            browser.close()
    finally:
        for server in servers:
            server.terminate()
            server.wait(30)


def serve(folder: str, port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*command, "--server.fileWatcherType=none"], cwd=ROOT / folder, env=environment, **quiet)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
            return server
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)


def first_picture(browser: Browser, n: int, goal: float, repeats: int) -> None:
    ours, theirs, payload = [], [], 0
    for _ in range(repeats):
        seconds, payload = from_click(browser, f"http://127.0.0.1:{OURS}/?n={n}&hidden=1", drawn_by_us)
        ours.append(seconds)
        if n <= MAX_PLOTLY_POINTS:
            theirs.append(from_click(browser, f"http://127.0.0.1:{PLOTLY}/?n={n}", drawn_by_plotly)[0])
    line = (
        f"{n:>9,} points: first picture {statistics.median(ours):5.2f} s (aim {goal}), {payload / n:.2f} bytes a point"
    )
    if theirs:
        line += (
            f"; Plotly {statistics.median(theirs):5.2f} s, {statistics.median(theirs) / statistics.median(ours):.1f} x"
        )
    print(line, flush=True)


def from_click(browser: Browser, address: str, until_drawn: Callable[[Page], None]) -> tuple[float, int]:
    """Seconds from the click to the picture, in a fresh browser context, and the bytes of points and colours."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: answer.url.count("/maps/") and "labels" not in answer.url and sizes.append(size(answer)),
    )
    page.goto(address)
    toggle = page.get_by_text("Show the map")
    toggle.wait_for()
    page.wait_for_timeout(1500)  # for the page to be at rest
    begun = time.perf_counter()
    toggle.click()
    until_drawn(page)
    seconds = time.perf_counter() - begun
    page.wait_for_timeout(200)
    context.close()
    return seconds, sum(sizes)


def size(answer: Response) -> int:
    return int(answer.headers.get("content-length", 0))


def drawn_by_us(page: Page) -> None:
    page.wait_for_selector('.stage[data-state="drawn"]', timeout=120_000)


def drawn_by_plotly(page: Page) -> None:
    page.wait_for_function(PIXELS_OF_PLOTLY, polling=30, timeout=300_000)


def at_a_million(browser: Browser, repeats: int) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{OURS}/?n={MILLION}")
    drawn_by_us(page)
    page.wait_for_timeout(2000)
    print(f"{MILLION:>9,} points: hover {page.evaluate(UNTIL_HOVERED):.0f} ms (aim 50, median of 21)", flush=True)
    page.evaluate(UNTIL_DRAWN, "map.painter.redraw();")
    times = [page.evaluate(UNTIL_DRAWN, RECOLOUR) for _ in range(repeats)]
    print(
        f"{MILLION:>9,} points: recolour {statistics.median(times) / 1000:.2f} s (aim 0.5), colours fetched again",
        flush=True,
    )
    page.evaluate(f"(act) => new Function('map', act)({MAP})", LASSO)
    times = [page.evaluate(UNTIL_DRAWN, 'map.commands.drawn("lasso", globalThis.path, "new");') for _ in range(repeats)]
    chosen = page.locator(".chip").inner_text().split(" ")[0]
    print(
        f"{MILLION:>9,} points: lasso {statistics.median(times) / 1000:.2f} s (aim 1), {chosen} points selected",
        flush=True,
    )
    context.close()


if __name__ == "__main__":
    main()
