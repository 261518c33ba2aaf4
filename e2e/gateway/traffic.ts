import type { IncomingMessage, ServerResponse } from "node:http";
import type { EndpointStatus } from "#lib/status";
import { type ApiInput, type Backend, expect, type Gateway } from "../fixtures";
import { type Answer, type Sending, send } from "./client";

/** One answer with what tests of balancing ask of it. */
export interface Hit extends Answer {
  /** Name of the backend that answered; "" when none did. */
  by: string;
  /** Code of the gateway's own answer; "" when a backend answered. */
  code: string;
  /** The affinity cookie as a browser would send it back; "" when none was set. */
  cookie: string;
}

/** The definition with a change of its first production endpoint alone. */
export function first(definition: ApiInput, change: object): ApiInput {
  Object.assign(definition.endpoints!.production!.endpoints![0]!, change);
  return definition;
}

/** One request to the API of `pizza()`, on a connection of its own. */
export async function hit(gateway: Gateway, sending: Sending & { path?: string } = {}): Promise<Hit> {
  const { path = "/pizza/1.0.0/menu", ...rest } = sending;
  const answer = await send(gateway.url + path, rest);
  const text = answer.headers["content-type"]?.includes("json") ? answer.body : "{}";
  const { backend = "", code = "" } = JSON.parse(text) as { backend?: string; code?: string };
  const set = (answer.headers["set-cookie"] ?? []).find((cookie) => cookie.startsWith("sluice-"));
  return { ...answer, by: backend, code, cookie: set?.split(";", 1)[0] ?? "" };
}

/** Who answers `count` requests, one after another. */
export async function sequence(gateway: Gateway, count: number, sending: Sending = {}): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push((await hit(gateway, sending)).by);
  return names;
}

/** How many of `count` requests each backend answers. */
export async function spread(gateway: Gateway, count: number, sending: Sending = {}) {
  const counts: Record<string, number> = {};
  for (const name of await sequence(gateway, count, sending)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What the gateway says of an endpoint of the first API. */
export async function endpoint(gateway: Gateway, id: string): Promise<EndpointStatus> {
  const { apis } = await gateway.status();
  const found = apis[0]?.endpoints.find((e) => e.id === id);
  if (!found) throw new Error(`The gateway knows no endpoint ${id}.`);
  return found;
}

export async function stateOf(gateway: Gateway, id: string): Promise<string> {
  return (await endpoint(gateway, id)).state;
}

/** How long the pause that an endpoint is in lasts from beginning to end, ms. */
export function pauseOf({ since, until }: EndpointStatus): number {
  return Date.parse(until ?? "") - Date.parse(since ?? "");
}

/** Makes a backend hold its answers. */
export function hold(backend: Backend): { release(): void } {
  const held: ServerResponse[] = [];
  backend.answer((_request: IncomingMessage, response) => held.push(response));
  return {
    /** Answers what is held and answers as usual from now on. */
    release() {
      backend.answer();
      for (const response of held) {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ backend: backend.name }));
      }
    },
  };
}

/** Waits until the backend has met this many requests. */
export async function met(backend: Backend, count: number): Promise<void> {
  await expect.poll(() => backend.requests.length, { intervals: [5, 10, 20] }).toBe(count);
}

/** Sends requests until one is answered by this backend. */
export async function untilAnsweredBy(
  gateway: Gateway,
  backend: Backend,
  sending: Sending = {},
): Promise<void> {
  const message = `an answer by ${backend.name}`;
  await expect
    .poll(async () => (await hit(gateway, sending)).by, { message, intervals: [20] })
    .toBe(backend.name);
}
