// @ts-check
// Times frames from the call to the pixels, without holding up the page.

const POLL_INTERVAL_MS = 2;

export class FrameTimer {
  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    /** @type {number | null} */
    this.frameMs = null; // of the last frame that was timed
    this.timing = false;
  }

  /**
   * Wait until the graphics processor has finished the frame. Ignored while an earlier frame is timed.
   * @type {(started: number, onDrawn: ((ms: number) => void) | null) => void}
   */
  time(started, onDrawn) {
    const { gl } = this;
    if (this.timing) return;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    if (!fence) return;
    this.timing = true;
    const poll = () => {
      if (gl.isContextLost() || !this.timing) return;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) {
        setTimeout(poll, POLL_INTERVAL_MS);
        return;
      }
      gl.deleteSync(fence);
      this.timing = false;
      this.frameMs = performance.now() - started;
      onDrawn?.(this.frameMs);
    };
    setTimeout(poll, 0);
  }

  /** Forget the frame that is being timed. */
  stop() {
    this.timing = false;
  }
}
