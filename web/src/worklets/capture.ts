/** Microphone to 32 ms packets of PCM16 at 16 kHz, with a level for the meter. */
import { Resampler } from "../resample";

const WIRE_RATE = 16_000;
/** What the worker's voice detector looks at: nothing waits there for the next packet. */
const PACKET = 512;

class Capture extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, WIRE_RATE);
  private packet = new Int16Array(PACKET);
  private filled = 0;
  private peak = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    for (const sample of this.resampler.process(channel)) {
      const bounded = Math.max(-1, Math.min(1, sample));
      this.peak = Math.max(this.peak, Math.abs(bounded));
      this.packet[this.filled++] = Math.round(bounded * 32767);
      if (this.filled === PACKET) {
        this.port.postMessage({ pcm: this.packet.buffer, level: this.peak }, [this.packet.buffer]);
        this.packet = new Int16Array(PACKET);
        this.filled = 0;
        this.peak = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
