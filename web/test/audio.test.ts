import { expect, test } from "vitest";
import { JitterBuffer } from "../src/jitter";
import { Resampler } from "../src/resample";

const tone = (hz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

test("a voice's tone passes from 48 to 16 kHz, whatever the pieces", () => {
  const input = tone(440, 48_000, 1);
  const whole = new Resampler(48_000, 16_000).process(input);
  const pieces = new Resampler(48_000, 16_000);
  const joined: number[] = [];
  for (let i = 0; i < input.length; i += 128) joined.push(...pieces.process(input.slice(i, i + 128)));
  expect(Math.abs(whole.length - 16_000)).toBeLessThan(50);
  expect(rms(whole.slice(200, -200))).toBeCloseTo(Math.SQRT1_2, 2);
  expect(joined.length).toBe(whole.length);
  expect(Math.max(...joined.map((x, i) => Math.abs(x - whole[i]!)))).toBeLessThan(1e-6);
});

test("what 16 kHz can't hold is taken out instead of folded back", () => {
  const out = new Resampler(48_000, 16_000).process(tone(11_000, 48_000, 1));
  expect(rms(out.slice(200, -200))).toBeLessThan(0.01);
});

test("playback waits for a little audio and plays all of it", () => {
  const buffer = new JitterBuffer(1000, 60);
  const out = new Float32Array(50);
  buffer.push(new Float32Array(40).fill(1));
  buffer.pull(out);
  expect(rms(out)).toBe(0);
  buffer.push(new Float32Array(40).fill(1));
  buffer.pull(out);
  expect(out.every((x) => x === 1)).toBe(true);
  expect(buffer.waiting).toBe(30);
});

test("clearing fades out within 10 ms and forgets the rest", () => {
  const buffer = new JitterBuffer(1000, 10);
  buffer.push(new Float32Array(500).fill(1));
  buffer.pull(new Float32Array(20));
  buffer.clear();
  const out = new Float32Array(50);
  buffer.pull(out);
  expect(out.slice(10).every((x) => x === 0)).toBe(true);
  expect(buffer.waiting).toBe(0);
});
