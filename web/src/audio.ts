/** Microphone and speaker of the page. */
import captureUrl from "./worklets/capture.ts?worker&url";
import playerUrl from "./worklets/player.ts?worker&url";

export class Audio {
  private screen: WakeLockSentinel | null = null;

  private constructor(
    private readonly context: AudioContext,
    private readonly stream: MediaStream,
    private readonly capture: AudioWorkletNode,
    private readonly player: AudioWorkletNode,
  ) {}

  /**
   * Asks for the microphone; must be called from a tap or click. Throws what getUserMedia throws.
   * `onLost` is called when the microphone goes: unplugged, or no longer allowed.
   */
  static async open(onPacket: (pcm: ArrayBuffer, level: number) => void, onLost: () => void): Promise<Audio> {
    // The context is made first: phones only let a tap start it, and asking for the microphone
    // takes that tap's effect away. It keeps the device's own rate (browsers differ in what they
    // do when asked for another), so the worklets resample.
    const context = new AudioContext({ latencyHint: "interactive" });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
      });
      await context.audioWorklet.addModule(captureUrl);
      await context.audioWorklet.addModule(playerUrl);
      await context.resume();
      const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
      const player = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [2] });
      capture.port.onmessage = ({ data }) => onPacket(data.pcm, data.level);
      context.createMediaStreamSource(stream).connect(capture);
      player.connect(context.destination);
      for (const track of stream.getAudioTracks()) track.onended = onLost;
      const audio = new Audio(context, stream, capture, player);
      void audio.keepScreen();
      return audio;
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  play(pcm: ArrayBuffer): void {
    this.player.port.postMessage(pcm, [pcm]);
  }

  clear(): void {
    this.player.port.postMessage("clear");
  }

  duck(gain: number): void {
    this.player.port.postMessage(gain);
  }

  mute(muted: boolean): void {
    for (const track of this.stream.getAudioTracks()) track.enabled = !muted;
  }

  /** Browsers suspend audio in the background; called when the page is seen again. */
  async wake(): Promise<void> {
    void this.keepScreen();
    if (this.context.state !== "running" && this.context.state !== "closed") await this.context.resume();
  }

  /** A phone that darkens its screen stops the call with it; leaving the page takes the lock away. */
  private async keepScreen(): Promise<void> {
    try {
      this.screen = await navigator.wakeLock?.request("screen");
    } catch {
      // Refused, as by a phone that saves its battery: the call goes on for as long as it can.
    }
  }

  /** Lets the last words play out, then gives the microphone back. */
  async close(lingerMs: number): Promise<void> {
    this.capture.port.onmessage = null;
    void this.screen?.release();
    for (const track of this.stream.getTracks()) track.stop();
    await new Promise((done) => setTimeout(done, lingerMs));
    if (this.context.state !== "closed") await this.context.close();
  }
}
