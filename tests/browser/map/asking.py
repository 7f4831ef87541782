"""Asking the map in the browser what it shows, and waiting until it does."""

import json
import time
import urllib.request

STAGE = ".stage"


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return outcome


def drawn(page):
    page.wait_for_selector(f'{STAGE}[data-state="drawn"]', timeout=30_000)
    page.wait_for_function("document.querySelector('[data-testid=stText]')")
    settled(page)
    return page


def ask(page, expression):
    """Evaluates an expression in which `map` is the MapView and `stage` its stage."""
    return page.evaluate(
        """expression => {
          const isolated = document.querySelector("[data-testid=stBidiComponentIsolated]");
          const root = isolated.shadowRoot.querySelector(".embedviz-map");
          return new Function("map", "stage", `return ${expression}`)(root.mapView, root.querySelector(".stage"));
        }""",
        expression,
    )


def settled(page):
    wait_until(lambda: ask(page, "!map.camera.flight && !map.painter.request && map.labels.get(0) !== undefined"))


def reported(page):
    """Return what the script last printed of the map's event."""
    return json.loads(page.locator("[data-testid=stText]").inner_text())


def position(page, point):
    """Return the position of a point, in pixels of the window."""
    box = page.locator(STAGE).bounding_box()
    x, y = ask(page, f"map.points.screenPosition({point}, map.camera)")
    return box["x"] + 1 + x, box["y"] + 1 + y


def view(page):
    return ask(page, "[map.camera.x, map.camera.y, map.camera.zoom]")


def lonely_point(page):
    """A point with no other within 25 pixels, so that a click can mean only this one."""
    return ask(
        page,
        """(() => {
          const at = Array.from({length: map.points.positions.length / 2}, (_, id) => map.points.screenPosition(id, map.camera));
          const alone = (id) => at.every(([x, y], o) => o === id || Math.hypot(x - at[id][0], y - at[id][1]) > 25);
          const inside = ([x, y]) => x > 250 && x < map.camera.width - 90 && y > 60 && y < map.camera.height - 60;
          return at.findIndex((place, id) => inside(place) && alone(id));
        })()""",
    )


def pixel(page, x, y):
    """Colour of one pixel of the window: (red, green, blue)."""
    import io

    from PIL import Image

    picture = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    return Image.open(io.BytesIO(picture)).convert("RGB").getpixel((0, 0))
