// Repeatable positions for tests: mulberry32.
export function randomPositions(n, seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return Uint16Array.from({ length: 2 * n }, () => next() >>> 16);
}
