import { expect, test } from "@playwright/test";
import { Presence } from "#lib/traffic/stillThere";

const MINUTE = 60_000;

test("a side that is quiet and answers is asked no more often than servers of gRPC bear", () => {
  const presence = new Presence(0);
  let pings = 0;
  for (let minute = 0.5; minute <= 30; minute += 0.5) {
    if (presence.look(0, minute * MINUTE) !== "ask") continue;
    presence.asks(minute * MINUTE);
    presence.told(true);
    pings++;
  }
  expect(pings).toBe(5);
});

test("whoever sends anything is there, and is not asked", () => {
  const presence = new Presence(0);
  for (let minute = 1; minute < 60; minute += 10) expect(presence.look(minute, minute * MINUTE)).toBe(true);
});

test("all that ask meanwhile wait for the one ping", () => {
  const presence = new Presence(0);
  expect(presence.look(0, 10 * MINUTE)).toBe("ask");
  presence.asks(10 * MINUTE);
  expect(presence.look(0, 10 * MINUTE + 1)).toBe("ask");
});

test("a side that left a ping without an answer is gone until something comes of it", () => {
  const presence = new Presence(0);
  presence.asks(10 * MINUTE);
  presence.told(false);
  expect(presence.look(0, 11 * MINUTE)).toBe(false);
  expect(presence.look(17, 12 * MINUTE)).toBe(true);
  expect(presence.look(17, 16 * MINUTE)).toBe("ask");
  presence.asks(16 * MINUTE);
  presence.told(true);
  expect(presence.look(17, 17 * MINUTE)).toBe(true);
});
