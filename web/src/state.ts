/** What the page shows, as a value, and how it changes. No DOM, no audio, no network. */
import type { Texts } from "./texts";

export type Notice =
  | "unsupported" | "insecure" | "mic-refused" | "mic-missing" | "unreachable" | "nowhere"
  | "unknown" | "paused" | "full" | "away" | "refused" | "lost" | "ended" | "failed";

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
  status: "asking" | "connecting" | "listening" | "thinking" | "speaking";
  captions: Caption[];
  muted: boolean;
  notice: Notice | null;
  retryAfter: number;
  ask: Ask | null;
}

export type Event =
  | { type: "start" }
  | { type: "status"; status: State["status"] }
  | { type: "caption"; id: string; speaker: "agent" | "caller"; text: string; heard?: string }
  | { type: "ask"; ask: Ask | null }
  | { type: "mute" }
  | { type: "stop"; notice: Notice; retryAfter?: number }
  | { type: "tick" };

export const initial: State = {
  screen: "welcome", status: "asking", captions: [], muted: false,
  notice: null, retryAfter: 0, ask: null,
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
        retryAfter: event.retryAfter ?? 0,
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

/** Notices after which calling again from this page can't help. */
const FINAL: ReadonlySet<Notice> = new Set<Notice>(["unknown", "nowhere", "unsupported"]);

export interface Described {
  title: string;
  text: string;
  action: string;
  waiting: boolean;
  final: boolean;
}

export function describe(state: State, texts: Texts): Described {
  const notice = state.notice ?? "ended";
  const [title, text] = texts.notices[notice];
  const waiting = state.retryAfter > 0;
  const again = notice === "ended" || notice === "failed" ? texts.callAgain : texts.tryAgain;
  return {
    title, text, waiting, final: FINAL.has(notice),
    action: waiting ? texts.inSeconds(again, state.retryAfter) : again,
  };
}

/** What went wrong, from the answer to `POST /api/calls`: its status and the worker's own code. */
export function noticeFor(status: number, code?: string): Notice {
  if (status === 404) return "unknown";
  if (status === 409) return "paused";
  if (status === 403) return "refused";
  return code === "at_capacity" || status === 429 ? "full" : "away";
}
