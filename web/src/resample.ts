/**
 * Streaming resampler: windowed sinc, low-pass at the lower of the two rates.
 * Continuous across calls, so pieces join without clicks.
 */
export class Resampler {
  private readonly step: number;
  private readonly cutoff: number;
  private readonly half: number;
  private history: Float32Array;
  private position: number;

  constructor(from: number, to: number, zeroCrossings = 12) {
    this.step = from / to;
    this.cutoff = Math.min(1, to / from) * 0.94;
    this.half = Math.ceil(zeroCrossings / this.cutoff);
    this.history = new Float32Array(2 * this.half);
    this.position = this.half;
  }

  process(input: Float32Array): Float32Array {
    const data = new Float32Array(this.history.length + input.length);
    data.set(this.history);
    data.set(input, this.history.length);
    const out: number[] = [];
    while (this.position + this.half < data.length) {
      out.push(this.at(data, this.position));
      this.position += this.step;
    }
    const keepFrom = Math.max(0, Math.floor(this.position) - this.half);
    this.history = data.slice(keepFrom);
    this.position -= keepFrom;
    return Float32Array.from(out);
  }

  private at(data: Float32Array, position: number): number {
    const center = Math.floor(position);
    let sum = 0;
    for (let i = center - this.half + 1; i <= center + this.half; i++) {
      const distance = position - i;
      const x = Math.PI * distance * this.cutoff;
      const sinc = x === 0 ? 1 : Math.sin(x) / x;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / this.half);
      sum += (data[i] ?? 0) * sinc * window * this.cutoff;
    }
    return sum;
  }
}
