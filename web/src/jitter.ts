/**
 * Playback queue: waits for a little audio before it starts, waits for more after each gap, and
 * can be emptied at once with a short fade, so that an interruption is not a click.
 */
export class JitterBuffer {
  private queue: Float32Array[] = [];
  private offset = 0;
  private queued = 0;
  private playing = false;
  private target: number;
  private fading = 0;
  private gain = 1;
  private wanted = 1;

  constructor(private readonly rate: number, startMs = 60, private readonly maxMs = 200) {
    this.target = (startMs / 1000) * rate;
  }

  get waiting(): number {
    return this.queued;
  }

  push(samples: Float32Array): void {
    if (samples.length === 0) return;
    if (this.fading) this.drop();
    this.queue.push(samples);
    this.queued += samples.length;
  }

  /** Fade out over 10 ms, then forget everything queued. */
  clear(): void {
    if (this.queued && this.playing) this.fading = Math.round(this.rate * 0.01);
    else this.drop();
  }

  duck(gain: number): void {
    this.wanted = Math.min(1, Math.max(0, gain));
  }

  pull(out: Float32Array): void {
    out.fill(0);
    if (!this.playing && this.queued < this.target) return;
    this.playing = true;
    const glide = 1 / (this.rate * 0.02);
    for (let i = 0; i < out.length; i++) {
      const head = this.queue[0];
      if (!head) {
        // Ran dry in the middle of speech: the network is rougher than thought.
        this.playing = false;
        this.target = Math.min(this.target * 1.5, (this.maxMs / 1000) * this.rate);
        return;
      }
      let sample = head[this.offset] ?? 0;
      if (this.fading) {
        sample *= this.fading / (this.rate * 0.01);
        if (--this.fading === 0) return this.drop();
      }
      this.gain += Math.max(-glide, Math.min(glide, this.wanted - this.gain));
      out[i] = sample * this.gain;
      this.queued--;
      if (++this.offset >= head.length) {
        this.queue.shift();
        this.offset = 0;
      }
    }
  }

  private drop(): void {
    this.queue = [];
    this.offset = 0;
    this.queued = 0;
    this.playing = false;
    this.fading = 0;
  }
}
