// Draws the points with WebGL2: positions as 16-bit integers, one byte of colour each, colours from a palette of 256;
// where asked for, one byte of size, and one that says whether the point is selected.

const SMALLEST_SHARE = 0.55; // of the map's size of a point, for the smallest byte of size
const LARGEST_SHARE = 3.1;
const PLAIN = (1 - SMALLEST_SHARE) / (LARGEST_SHARE - SMALLEST_SHARE); // the byte's share where all are alike
const GREYED = 0.75; // how far the colour of a point that is not selected goes to grey
const FADED = 0.3; // its opacity beside that of the selected
const GREY = [140 / 255, 143 / 255, 152 / 255];

const VERTEX = `#version 300 es
layout(location = 0) in vec2 position; // unit square
layout(location = 1) in float code;    // row of the palette
layout(location = 2) in vec2 earlier;  // where the point comes from while one map turns into another
layout(location = 3) in float chosen;  // 1 for a selected point, and for all where nothing is selected
layout(location = 4) in float weight;  // 0 to 1 of the range of sizes
uniform vec2 centre, toClip;
uniform float size, arrived;
uniform vec3 grey;
uniform sampler2D palette;
flat out vec4 colour;
flat out float across;
void main() {
  colour = texelFetch(palette, ivec2(int(code + 0.5), 0), 0);
  if (chosen < 0.5) colour = vec4(mix(colour.rgb, grey, GREYED), colour.a * FADED);
  gl_Position = vec4((mix(earlier, position, arrived) - centre) * toClip, 0.0, 1.0);
  across = size * mix(SMALLEST, LARGEST, weight);
  gl_PointSize = across;
}`
  .replace("GREYED", GREYED)
  .replace("FADED", FADED)
  .replace("SMALLEST", SMALLEST_SHARE.toFixed(2))
  .replace("LARGEST", LARGEST_SHARE.toFixed(2));

const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 colour; // alpha not yet multiplied in
flat in float across;
uniform float opacity;
out vec4 pixel;
void main() {
  float cover = 1.0;
  if (across > 2.5) {
    float toEdge = 0.5 * across - across * length(gl_PointCoord - 0.5);
    if (toEdge <= 0.0) discard;
    cover = min(toEdge, 1.0);
  }
  float alpha = colour.a * opacity * cover;
  pixel = vec4(colour.rgb * alpha, alpha);
}`;

const MORPH_MS = 700;
const MOST_TO_MORPH = 200000;
const LONGEST_STEP = 32; // WebGL allows strides up to 255 bytes: 4 bytes a position

function compile(gl, kind, source) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

function link(gl) {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The map's shaders did not compile: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

export class PointsLayer {
  // Throws when the browser has no WebGL2.
  constructor(canvas, { onRestored }) {
    this.canvas = canvas;
    this.positions = new Uint16Array(0); // x, y, x, y, …
    this.codes = null; // one byte a point, or null: all take row 0 of the palette
    this.chosen = null; // 255 for a selected point, 0 for another; null: nothing is selected
    this.sizes = null; // one byte a point, or null: all alike
    this.palette = new Uint8Array(256 * 4);
    this.frameMs = null; // what the last whole frame took, from the call to the pixels
    this.timing = false;
    this.gl = canvas.getContext("webgl2", { antialias: false, depth: false, powerPreference: "high-performance" });
    if (!this.gl) throw new Error("no WebGL2");
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.setUp();
      onRestored();
    });
    this.setUp();
  }

  get count() {
    return this.positions.length / 2;
  }

  setUp() {
    const gl = this.gl;
    this.program = link(gl);
    this.uniforms = {};
    for (const name of ["centre", "toClip", "size", "opacity", "arrived", "grey"]) {
      this.uniforms[name] = gl.getUniformLocation(this.program, name);
    }
    this.positionBuffer = gl.createBuffer();
    this.earlierBuffer = gl.createBuffer();
    this.codeBuffer = gl.createBuffer();
    this.chosenBuffer = gl.createBuffer();
    this.sizeBuffer = gl.createBuffer();
    this.paletteTexture = gl.createTexture();
    this.timing = false;
    this.setPoints(this.positions);
    this.setCodes(this.codes);
    this.setChosen(this.chosen);
    this.setSizes(this.sizes);
    this.setPalette(this.palette);
  }

  // With `morph` the points glide for `ms` from where they were, if they are as many as before and not too many to move.
  setPoints(positions, { morph = false, ms = MORPH_MS } = {}) {
    const glide = morph && positions.length === this.positions.length && this.count <= MOST_TO_MORPH;
    this.morphStart = glide && !matchMedia("(prefers-reduced-motion: reduce)").matches ? performance.now() : null;
    this.morphMs = ms;
    [this.positionBuffer, this.earlierBuffer] = [this.earlierBuffer, this.positionBuffer];
    this.positions = positions;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.positionBuffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, positions, this.gl.STATIC_DRAW);
  }

  setCodes(codes) {
    this.codes = codes;
    this.fill(this.codeBuffer, codes);
  }

  setChosen(chosen) {
    this.chosen = chosen;
    this.fill(this.chosenBuffer, chosen);
  }

  setSizes(sizes) {
    this.sizes = sizes;
    this.fill(this.sizeBuffer, sizes);
  }

  fill(buffer, bytes) {
    if (!bytes) return;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, bytes, this.gl.STATIC_DRAW);
  }

  // palette: 256 × RGBA, one byte each.
  setPalette(palette) {
    const gl = this.gl;
    this.palette = palette;
    gl.bindTexture(gl.TEXTURE_2D, this.paletteTexture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  // What a point looks like, for those who draw it otherwise: [red, green, blue, alpha], 0 to 255.
  colourOf(id) {
    const [red, green, blue, alpha] = this.palette.subarray(4 * (this.codes?.[id] ?? 0));
    if (!this.chosen || this.chosen[id]) return [red, green, blue, alpha];
    return [...[red, green, blue].map((value, k) => value + (255 * GREY[k] - value) * GREYED), alpha * FADED];
  }

  // Pixels across a point, where `size` is that of one of middling size.
  sizeOf(id, size) {
    const weight = this.sizes ? this.sizes[id] / 255 : PLAIN;
    return size * (SMALLEST_SHARE + weight * (LARGEST_SHARE - SMALLEST_SHARE));
  }

  // True while the points are on their way from an earlier map to this one.
  morphing(now) {
    if (this.morphStart !== null && now - this.morphStart >= this.morphMs) this.morphStart = null;
    return this.morphStart !== null;
  }

  // Every how-manieth point to draw so that a frame stays within `budgetMs` on this machine.
  stepFor(budgetMs) {
    let step = 1;
    while (step < LONGEST_STEP && (this.frameMs ?? 0) / step > budgetMs) step *= 2;
    return step;
  }

  // size: CSS pixels across a point; opacity: 0 to 1; step: draw every step-th point.
  // onDrawn(ms) is called once the graphics processor has finished a whole frame (step 1).
  draw(camera, { size, opacity, pixelRatio, now, step = 1, onDrawn = null }) {
    const gl = this.gl;
    if (gl.isContextLost()) return;
    const started = performance.now();
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.useProgram(this.program);
    gl.bindTexture(gl.TEXTURE_2D, this.paletteTexture);
    gl.uniform2f(this.uniforms.centre, camera.x, camera.y);
    gl.uniform2f(this.uniforms.toClip, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(this.uniforms.size, size * pixelRatio);
    gl.uniform1f(this.uniforms.opacity, opacity);
    gl.uniform3f(this.uniforms.grey, ...GREY);
    const morphing = this.morphing(now);
    const passed = morphing ? Math.max(0, now - this.morphStart) / this.morphMs : 1;
    gl.uniform1f(this.uniforms.arrived, passed * passed * (3 - 2 * passed));
    this.usePositions(0, this.positionBuffer, step);
    if (morphing) this.usePositions(2, this.earlierBuffer, step);
    else gl.disableVertexAttribArray(2);
    this.useBytes(1, this.codeBuffer, this.codes, step, 0);
    this.useBytes(3, this.chosenBuffer, this.chosen, step, 1);
    this.useBytes(4, this.sizeBuffer, this.sizes, step, PLAIN);
    gl.drawArrays(gl.POINTS, 0, Math.floor((this.count - 1) / step) + 1);
    if (step === 1) this.time(started, onDrawn);
  }

  usePositions(location, buffer, step) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, 2, gl.UNSIGNED_SHORT, true, 4 * step, 0);
  }

  // A byte a point: as a share of 255, but the code as the number it is. Without bytes all points have `otherwise`.
  useBytes(location, buffer, bytes, step, otherwise) {
    const gl = this.gl;
    if (!bytes || bytes.length !== this.count) {
      gl.disableVertexAttribArray(location);
      gl.vertexAttrib1f(location, otherwise);
      return;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, 1, gl.UNSIGNED_BYTE, location !== 1, step, 0);
  }

  // Waits for the graphics processor without holding up the page.
  time(started, onDrawn) {
    if (this.timing) return;
    this.timing = true;
    const gl = this.gl;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const look = () => {
      if (gl.isContextLost() || !this.timing) return;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) return setTimeout(look, 2);
      gl.deleteSync(fence);
      this.timing = false;
      this.frameMs = performance.now() - started;
      onDrawn?.(this.frameMs);
    };
    setTimeout(look, 0);
  }

  destroy() {
    this.timing = false;
    this.gl.getExtension("WEBGL_lose_context")?.loseContext(); // browsers keep only about 16 contexts a page
  }
}
