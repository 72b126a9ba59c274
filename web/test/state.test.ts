import { expect, test } from "vitest";
import { describe, initial, inputFor, noticeFor, reduce, type Event } from "../src/state";
import { TABLES, textsFor, type Texts } from "../src/texts";

const { en, de } = TABLES as { en: Texts; de: Texts };

const after = (...events: Event[]) => events.reduce(reduce, initial);

test("a caption that was interrupted is replaced by what was heard", () => {
  const state = after(
    { type: "start" },
    { type: "caption", id: "a1", speaker: "agent", text: "Hello there, friend" },
    { type: "caption", id: "a1", speaker: "agent", text: "Hello there, friend", heard: "Hello" },
  );
  expect(state.captions).toEqual([{ id: "a1", speaker: "agent", text: "Hello", cut: true }]);
});

test("the first reason a call stopped for is kept", () => {
  const state = after({ type: "start" }, { type: "stop", notice: "ended" }, { type: "stop", notice: "lost" });
  expect(state.notice).toBe("ended");
});

test("a full server counts down before one may try again", () => {
  let state = after({ type: "start" }, { type: "stop", notice: "full", retryAfter: 2 });
  expect(describe(state, en)).toMatchObject({ waiting: true, action: "Try again in 2 s" });
  expect(describe(state, de)).toMatchObject({ title: "Alle Leitungen sind belegt", action: "Noch einmal versuchen in 2 s" });
  state = reduce(reduce(state, { type: "tick" }), { type: "tick" });
  expect(describe(state, en).waiting).toBe(false);
});

test("starting again forgets the last call", () => {
  const state = after({ type: "start" }, { type: "caption", id: "c1", speaker: "caller", text: "Hi" },
    { type: "stop", notice: "lost" }, { type: "start" });
  expect(state.captions).toEqual([]);
  expect(state.screen).toBe("call");
});

test.each([
  [404, "campaign_unknown", "unknown"], [409, "campaign_paused", "paused"], [403, "origin_refused", "refused"],
  [503, "at_capacity", "full"], [503, "database_away", "away"], [502, undefined, "away"],
])("status %i %s is shown as %s", (status, code, notice) => expect(noticeFor(status, code)).toBe(notice));

test("a text box comes and goes with the question, and with the call", () => {
  const ask = { field: "email", kind: "email", label: "Email address" };
  const asked = after({ type: "start" }, { type: "ask", ask });
  expect(asked.ask).toEqual(ask);
  expect(reduce(asked, { type: "ask", ask: null }).ask).toBeNull();
  expect(reduce(asked, { type: "stop", notice: "ended" }).ask).toBeNull();
  expect(after({ type: "ask", ask }).ask).toBeNull();
});

test("phones show the right keyboard for a field", () => {
  expect(inputFor("email").type).toBe("email");
  expect(inputFor("phone")).toEqual({ type: "tel", autocomplete: "tel" });
  expect(inputFor("licence plate").type).toBe("text");
});

test("a page speaks its campaign's language, else English", () => {
  expect(textsFor("de-AT")).toEqual({ language: "de-AT", texts: de });
  expect(textsFor("de").texts).toBe(de);
  expect(textsFor("fr")).toEqual({ language: "en", texts: en });
  expect(textsFor("toString").texts).toBe(en);
});

test("nobody is asked to call again where no line is", () => {
  for (const notice of ["nowhere", "unknown"] as const) {
    expect(describe(after({ type: "stop", notice }), en).final).toBe(true);
  }
  expect(describe(after({ type: "start" }, { type: "stop", notice: "failed" }), en)).toMatchObject({ final: false, action: "Call again" });
});
