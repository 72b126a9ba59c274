/** PCM16 at 16 kHz to the speaker, through the jitter buffer. */
import { JitterBuffer } from "../jitter";
import { Resampler } from "../resample";

const WIRE_RATE = 16_000;

class Player extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(WIRE_RATE, sampleRate);
  private readonly buffer = new JitterBuffer(sampleRate);

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data === "clear") this.buffer.clear();
      else if (typeof data === "number") this.buffer.duck(data);
      else this.buffer.push(this.resampler.process(toFloat(new Int16Array(data))));
    };
  }

  process(_: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0] ?? [];
    const first = channels[0];
    if (!first) return true;
    this.buffer.pull(first);
    for (const channel of channels.slice(1)) channel.set(first);
    return true;
  }
}

function toFloat(pcm: Int16Array): Float32Array {
  return Float32Array.from(pcm, (sample) => sample / 32768);
}

registerProcessor("player", Player);
