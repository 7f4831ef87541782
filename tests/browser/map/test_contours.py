"""The lines of density: what they enclose, counted in the browser."""

import pytest

from tests.browser.map.looking import ask, drawn

pytestmark = pytest.mark.browser

# A point lies inside when a ray to the right crosses the lines an odd number of times.
INSIDE = """(() => {
  const lines = [];
  const Kept = globalThis.Path2D;
  globalThis.Path2D = class { constructor() { this.at = null; this.parts = []; lines.push(this.parts); }
    moveTo(x, y) { this.at = [x, y]; } lineTo(x, y) { this.parts.push([...this.at, x, y]); } };
  map.contours = null;
  map.showDensity(true);
  globalThis.Path2D = Kept;
  map.contours = null;
  map.showDensity(false);
  return lines.map((parts) => {
    let held = 0;
    for (let id = 0; id < map.positions.length / 2; id++) {
      const [x, y] = map.worldPosition(id);
      let odd = false;
      for (const [ax, ay, bx, by] of parts) {
        if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) odd = !odd;
      }
      held += odd;
    }
    return held / (map.positions.length / 2);
  });
})()"""


def test_the_lines_hold_the_shares_of_the_points_they_stand_for(open_map):
    page = drawn(open_map("?n=5000"))
    assert ask(page, INSIDE) == pytest.approx([0.95, 0.75, 0.5, 0.25], abs=0.04)
