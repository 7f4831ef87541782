// @ts-check
// The shaders that draw the points, and the constants they share with those who draw points otherwise (SVG, overlay).

export const MIN_SIZE_SHARE = 0.55; // of the map's size of a point, for the smallest byte of size
export const MAX_SIZE_SHARE = 3.1;
export const EVEN_WEIGHT = (1 - MIN_SIZE_SHARE) / (MAX_SIZE_SHARE - MIN_SIZE_SHARE); // where all points have one size
export const RING_SHARE = 0.2; // of a ring's diameter, for its line
export const GRAYED = 0.75; // how far the colour of a point that is not selected goes to grey
export const FADED = 0.3; // its opacity beside that of the selected
export const LEFT_OUT = 0.1; // opacity of a point that does not pass the filters
export const GRAY = [140 / 255, 143 / 255, 152 / 255];

const VERTEX = `#version 300 es
layout(location = 0) in vec2 position; // unit square
layout(location = 1) in float code;    // row of the palette
layout(location = 2) in vec2 earlier;  // where the point comes from while one map turns into another
layout(location = 3) in float chosen;  // 1 for a selected point, and for all where nothing is selected
layout(location = 4) in float weight;  // 0 to 1 of the range of sizes
layout(location = 5) in float passing; // 0 for a point that does not pass the filters
uniform vec2 center, toClip;
uniform float size, arrived;
uniform vec3 gray;
uniform sampler2D palette;
flat out vec4 color;
flat out float across, hollow;
void main() {
  color = texelFetch(palette, ivec2(int(code + 0.5), 0), 0);
  hollow = texelFetch(palette, ivec2(int(code + 0.5), 1), 0).r;
  if (chosen < 0.5) color = vec4(mix(color.rgb, gray, ${GRAYED}), color.a * ${FADED});
  if (passing == 0.0) color = vec4(gray, color.a * ${LEFT_OUT});
  gl_Position = vec4((mix(earlier, position, arrived) - center) * toClip, 0.0, 1.0);
  across = size * mix(${MIN_SIZE_SHARE.toFixed(2)}, ${MAX_SIZE_SHARE.toFixed(2)}, weight);
  gl_PointSize = across;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 color; // alpha not yet multiplied in
flat in float across, hollow;
uniform float opacity;
out vec4 pixel;
void main() {
  float cover = 1.0;
  if (across > 2.5) {
    float toEdge = 0.5 * across - across * length(gl_PointCoord - 0.5);
    if (toEdge <= 0.0) discard;
    cover = min(toEdge, 1.0) * (1.0 - hollow * clamp(toEdge - max(1.0, ${RING_SHARE} * across), 0.0, 1.0));
  }
  float alpha = color.a * opacity * cover;
  pixel = vec4(color.rgb * alpha, alpha);
}`;

/** @type {(gl: WebGL2RenderingContext, kind: number, source: string) => WebGLShader} */
function compile(gl, kind, source) {
  const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

/**
 * Link the program that draws the points.
 * @param {WebGL2RenderingContext} gl
 */
export function linkProgram(gl) {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The map's shaders did not compile: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}
