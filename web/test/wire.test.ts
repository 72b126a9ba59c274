import { expect, test } from "vitest";
import { sameOrigin } from "../src/wire";

test.each([
  ["https:", "voice.example.org", "wss://voice.example.org/ws/calls/7?token=t.u-v"],
  ["http:", "localhost:8080", "ws://localhost:8080/ws/calls/7?token=t.u-v"],
])("a page that came by %s from %s calls the same place", (protocol, host, wanted) => {
  expect(sameOrigin("ws://127.0.0.1:9000/ws/calls/7?token=t.u-v", { protocol, host })).toBe(wanted);
});
