/** What the page shows, as a value, and how it changes. No DOM, no audio, no network. */

export type Notice =
  | "unsupported" | "insecure" | "mic-refused" | "mic-missing" | "unreachable" | "unknown"
  | "paused" | "full" | "refused" | "lost" | "ended";

export interface Caption {
  id: string;
  speaker: "agent" | "caller";
  text: string;
  cut: boolean;
}

/** A lead field that may be typed instead of spoken. */
export interface Ask {
  field: string;
  kind: string;
  label: string;
}

export interface State {
  screen: "welcome" | "call" | "notice";
  status: "connecting" | "listening" | "thinking" | "speaking";
  captions: Caption[];
  muted: boolean;
  notice: Notice | null;
  detail: string;
  retryAfter: number;
  ask: Ask | null;
}

export type Event =
  | { type: "start" }
  | { type: "status"; status: State["status"] }
  | { type: "caption"; id: string; speaker: "agent" | "caller"; text: string; heard?: string }
  | { type: "ask"; ask: Ask | null }
  | { type: "mute" }
  | { type: "stop"; notice: Notice; detail?: string; retryAfter?: number }
  | { type: "tick" };

export const initial: State = {
  screen: "welcome", status: "connecting", captions: [], muted: false,
  notice: null, detail: "", retryAfter: 0, ask: null,
};

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case "start":
      return { ...initial, screen: "call" };
    case "status":
      return state.screen === "call" ? { ...state, status: event.status } : state;
    case "caption": {
      const caption: Caption = {
        id: event.id, speaker: event.speaker,
        text: event.heard ?? event.text, cut: event.heard !== undefined,
      };
      const known = state.captions.some((old) => old.id === event.id);
      const captions = known
        ? state.captions.map((old) => (old.id === event.id ? caption : old))
        : [...state.captions, caption];
      return { ...state, captions };
    }
    case "ask":
      return state.screen === "call" ? { ...state, ask: event.ask } : state;
    case "mute":
      return { ...state, muted: !state.muted };
    case "stop":
      // The first reason is the true one; a socket that closes afterwards adds nothing.
      if (state.screen === "notice") return state;
      return {
        ...state, screen: "notice", notice: event.notice, ask: null,
        detail: event.detail ?? "", retryAfter: event.retryAfter ?? 0,
      };
    case "tick":
      return { ...state, retryAfter: Math.max(0, state.retryAfter - 1) };
  }
}

/** The keyboard and the help a browser should offer for a kind of field. */
export function inputFor(kind: string): { type: string; autocomplete: string } {
  switch (kind) {
    case "email": return { type: "email", autocomplete: "email" };
    case "phone": return { type: "tel", autocomplete: "tel" };
    case "name": return { type: "text", autocomplete: "name" };
    case "company": return { type: "text", autocomplete: "organization" };
    case "address": return { type: "text", autocomplete: "street-address" };
    default: return { type: "text", autocomplete: "off" };
  }
}

const NOTICES: Record<Notice, [string, string]> = {
  unsupported: ["This browser can't place calls", "Please open this page in a current version of Chrome, Safari, Firefox or Edge."],
  insecure: ["This page isn't secure", "Browsers allow the microphone on https pages only. Please open the https address of this page."],
  "mic-refused": ["The microphone is blocked", "Allow the microphone for this page (usually behind the icon left of the address), then try again."],
  "mic-missing": ["No microphone found", "Connect a microphone or headset, or close the program that is using it, then try again."],
  unreachable: ["We can't be reached", "Please check your internet connection and try again."],
  unknown: ["This line doesn't exist", "The address may be mistyped or no longer in use. Please scan the code again."],
  paused: ["This line is closed", "Nobody can take calls here at the moment. Please try again later."],
  full: ["All lines are busy", "Please try again in a moment."],
  refused: ["The call can't be made from here", "Please open the page from its original address."],
  lost: ["The connection was lost", "What you said so far is kept. Please call again."],
  ended: ["The call has ended", "Thank you for calling."],
};

export function describe(state: State): { title: string; text: string; action: string; waiting: boolean } {
  const [title, text] = NOTICES[state.notice ?? "ended"];
  const waiting = state.retryAfter > 0;
  const again = state.notice === "ended" ? "Call again" : "Try again";
  return {
    title, text: state.detail || text, waiting,
    action: waiting ? `${again} in ${state.retryAfter} s` : again,
  };
}

/** What went wrong, from the answer to `POST /api/calls`. */
export function noticeForStatus(status: number): Notice {
  if (status === 404) return "unknown";
  if (status === 409) return "paused";
  if (status === 403) return "refused";
  return status === 503 || status === 429 ? "full" : "unreachable";
}
