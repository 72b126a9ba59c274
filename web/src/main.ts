/** The page: a thin shell that joins state, audio and the wire (docs/protocol.md). */
import { Audio } from "./audio";
import { describe, initial, inputFor, noticeFor, reduce, type Event, type Notice, type State } from "./state";
import { textsFor } from "./texts";
import { sameOrigin } from "./wire";

interface Campaign {
  slug: string;
  name?: string;
  account?: string;
  available: boolean;
  state: string;
  recorded?: boolean;
  language?: string;
}

/** Why a page offers no call, by the campaign's state; any other means that it is paused. */
const CLOSED: Record<string, Notice> = { unknown: "unknown", nowhere: "nowhere", away: "away" };
const CLOSE_TRY_LATER = 1013;
const LINGER_MS = 400;

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found as T;
}

const campaign = readCampaign();
const { language, texts } = textsFor(campaign.language ?? navigator.language);
let state: State = initial;
let audio: Audio | null = null;
let socket: WebSocket | null = null;
/** Which call is being placed: whoever hangs up meanwhile gets no other one. */
let attempt = 0;

function showNewest(): void {
  const list = element("captions");
  list.scrollTop = list.scrollHeight;
}

function readCampaign(): Campaign {
  const text = document.getElementById("campaign")?.textContent;
  return text ? JSON.parse(text) : { slug: "", available: false, state: "unknown" };
}

function dispatch(event: Event): void {
  state = reduce(state, event);
  render();
}

function render(): void {
  element("page").dataset.screen = state.screen;
  element("page").dataset.status = state.muted ? "muted" : state.status;
  element("status").textContent = state.muted ? texts.muted : texts.status[state.status];
  element("mute").setAttribute("aria-pressed", String(state.muted));
  const list = element("captions");
  for (const caption of state.captions) {
    let item = document.getElementById(`caption-${caption.id}`);
    if (!item) {
      item = document.createElement("li");
      item.id = `caption-${caption.id}`;
      item.className = caption.speaker;
      list.append(item);
    }
    const text = caption.cut ? `${caption.text} –` : caption.text;
    if (item.textContent === text) continue;
    item.textContent = text;
    showNewest();
  }
  renderAsk();
  if (state.screen === "notice") {
    const notice = describe(state, texts);
    element("notice-title").textContent = notice.title;
    element("notice-text").textContent = notice.text;
    const again = element<HTMLButtonElement>("again");
    again.disabled = notice.waiting;
    again.hidden = notice.final;
    (again.firstElementChild as HTMLElement).textContent = notice.action;
  }
}

/** The text box comes and goes with the question; what is being typed is not touched. */
function renderAsk(): void {
  const form = element<HTMLFormElement>("ask");
  const shown = state.ask?.field ?? "";
  if (form.dataset.field === shown) return;
  form.dataset.field = shown;
  form.hidden = !state.ask;
  if (!state.ask) return;
  const input = element<HTMLInputElement>("ask-value");
  const wanted = inputFor(state.ask.kind);
  element("ask-label").textContent = state.ask.label;
  input.type = wanted.type;
  input.autocomplete = wanted.autocomplete as AutoFill;
  input.value = "";
}

function submitAsk(event: SubmitEvent): void {
  event.preventDefault();
  const value = element<HTMLInputElement>("ask-value").value.trim();
  if (!state.ask || !value || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ type: "input", field: state.ask.field, value }));
}

async function start(): Promise<void> {
  const mine = ++attempt;
  element("captions").replaceChildren();
  dispatch({ type: "start" });
  if (!window.isSecureContext) return stop({ type: "stop", notice: "insecure" });
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
    return stop({ type: "stop", notice: "unsupported" });
  }
  try {
    const opened = await Audio.open(send, () => leave("mic-missing"));
    if (mine !== attempt) return void opened.close(0);
    audio = opened;
    dispatch({ type: "status", status: "connecting" });
  } catch (error) {
    if (mine !== attempt) return;
    const name = error instanceof DOMException ? error.name : "";
    const refused = name === "NotAllowedError" || name === "SecurityError";
    return stop({ type: "stop", notice: refused ? "mic-refused" : "mic-missing" });
  }
  await connect(mine);
}

async function connect(mine: number): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch("/api/calls", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ campaign: campaign.slug, consent: true }),
    });
  } catch {
    return mine === attempt ? stop({ type: "stop", notice: "unreachable" }) : undefined;
  }
  // What stands between may answer with a page of its own.
  const { ws_url: url, code } = await answer.json().catch(() => ({}));
  if (mine !== attempt) return;
  if (!answer.ok || !url) {
    const retryAfter = Number(answer.headers.get("Retry-After") ?? 0);
    return stop({ type: "stop", notice: noticeFor(answer.status, code), retryAfter });
  }
  socket = new WebSocket(sameOrigin(url, location));
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => (typeof data === "string" ? receive(JSON.parse(data)) : audio?.play(data));
  socket.onclose = ({ code }) =>
    stop(code === CLOSE_TRY_LATER ? { type: "stop", notice: "full", retryAfter: 15 } : { type: "stop", notice: "lost" });
}

function send(pcm: ArrayBuffer, level: number): void {
  element("level").style.transform = `scaleX(${Math.min(1, Math.sqrt(level))})`;
  if (socket?.readyState === WebSocket.OPEN) socket.send(pcm);
}

function receive(message: Record<string, never> & { type: string }): void {
  switch (message.type) {
    case "state":
      return dispatch({ type: "status", status: message["state"] ?? "listening" });
    case "caption":
      return dispatch({
        type: "caption", id: message["id"]!, speaker: message["speaker"]!,
        text: message["text"]!, heard: message["heard"],
      });
    case "ask":
      return dispatch({
        type: "ask",
        ask: message["field"]
          ? { field: message["field"], kind: message["kind"] ?? "text", label: message["label"] ?? "" }
          : null,
      });
    case "clear":
      return audio?.clear();
    case "duck":
      return audio?.duck(message["gain"] ?? 1);
    case "ended":
      return stop({ type: "stop", notice: message["status"] === "failed" ? "failed" : "ended" });
    case "error":
      return stop({ type: "stop", notice: message["code"] === CLOSE_TRY_LATER ? "full" : "lost" });
  }
}

function stop(event: Extract<Event, { type: "stop" }>): void {
  attempt++;
  dispatch(event);
  void audio?.close(LINGER_MS);
  audio = null;
  if (socket) {
    socket.onclose = null;
    socket.close();
    socket = null;
  }
}

function leave(notice: Notice): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "hangup" }));
  stop({ type: "stop", notice });
}

function buildKeypad(): void {
  for (const key of "123456789*0#") {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.onclick = () => socket?.send(JSON.stringify({ type: "key", key }));
    element("keypad").append(button);
  }
}

/** The page is written without a language: `data-text` and `data-label` name what stands where. */
function write(): void {
  document.documentElement.lang = language;
  const said: Record<string, string> = {
    intro: texts.intro, consent: campaign.recorded ? texts.consentRecorded : texts.consent,
    start: texts.start, send: texts.send, mute: texts.mute, keypad: texts.keypad, hangUp: texts.hangUp,
    level: texts.level, captions: texts.captions,
  };
  for (const item of document.querySelectorAll<HTMLElement>("[data-text]")) {
    item.textContent = said[item.dataset.text ?? ""] ?? "";
  }
  for (const item of document.querySelectorAll<HTMLElement>("[data-label]")) {
    item.setAttribute("aria-label", said[item.dataset.label ?? ""] ?? "");
  }
  element("account").textContent = campaign.account ?? "";
  element("title").textContent = campaign.name ?? texts.line;
}

write();
element("start").onclick = () => void start();
element("again").onclick = () => void start();
element("hangup").onclick = () => leave("ended");
element<HTMLFormElement>("ask").onsubmit = submitAsk;
element("mute").onclick = () => {
  dispatch({ type: "mute" });
  audio?.mute(state.muted);
};
element("keys").onclick = () => {
  const keypad = element("keypad");
  keypad.hidden = !keypad.hidden;
  element("keys").setAttribute("aria-expanded", String(!keypad.hidden));
};
// The keypad and the text box take their room from the captions.
new ResizeObserver(showNewest).observe(element("captions"));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void audio?.wake();
});
window.addEventListener("pagehide", () => {
  if (state.screen === "call") leave("ended");
});
setInterval(() => {
  if (state.retryAfter > 0) dispatch({ type: "tick" });
}, 1000);
buildKeypad();
if (!campaign.available) dispatch({ type: "stop", notice: CLOSED[campaign.state] ?? "paused" });
render();
