import type { Session } from "#lib/edit/endpoints";
import { EndpointGroup } from "#lib/schemas/endpointGroup";
import { nextRequests, plannedShares, type Step } from "#lib/traffic/simulate";
import { type Backend, expect, type Gateway, test } from "../fixtures";
import { pizza } from "./client";

/** What the pages promise of a group is what callers of the real gateway get. */

/** The same numbers in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Input = NonNullable<Parameters<typeof pizza>[1]>;
const named = (name: string): Input => {
  if (name === "failover") return { routing: "failover" };
  const settings = name === "hash" ? { hash: { source: "header", header: "x-client" } } : {};
  return { routing: "loadBalanced", algorithm: { name, settings } };
};

/** A group with whatever may be in one: weights, backups, endpoints that are off or drained. */
function randomGroup(backends: Backend[], policy: Input, next: (below: number) => number) {
  const used = backends.slice(0, 2 + next(backends.length - 1));
  const endpoints = used.map(({ url }, i) => ({
    id: `ep-${i + 1}`,
    url,
    weight: next(6),
    backup: next(5) === 0,
    state: (["on", "on", "on", "on", "off", "draining"] as const)[next(6)]!,
  }));
  // One that surely takes traffic.
  Object.assign(endpoints[0]!, { weight: 1 + next(5), backup: false, state: "on" });
  return EndpointGroup.parse({ enabled: true, endpoints, ...policy });
}

async function deploy(g: Gateway, context: string, group: EndpointGroup): Promise<void> {
  await g.deploy({ ...pizza([]), name: context.slice(1), context, endpoints: { production: group } });
}

/** The endpoint's id that answers: of `ep-3` the third backend's name. */
const answering = (answer: { backend: string }) => `ep-${"abcde".indexOf(answer.backend) + 1}`;

async function call(g: Gateway, context: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${g.url}${context}/1.0.0/`, { headers });
  return answering((await answer.json()) as { backend: string });
}

for (const name of ["roundRobin", "weightedRoundRobin", "leastConnections", "hash", "failover"]) {
  test(`${name}: the next requests come exactly as told`, async ({ backend, gateway }) => {
    const backends = await Promise.all(["a", "b", "c", "d", "e"].map((id) => backend(id)));
    const g = await gateway();
    const next = seeded(20_261_123);
    for (let n = 0; n < 4; n++) {
      const group = randomGroup(backends, named(name), next);
      await deploy(g, `/random-${n}`, group);
      const told = nextRequests(group, 20)!;
      expect(told.example).toBe(name === "hash");
      const seen: string[] = [];
      for (const { client } of told.steps)
        seen.push(await call(g, `/random-${n}`, { "x-client": String(client) }));
      expect(seen, JSON.stringify(group.endpoints)).toEqual(told.steps.map((step) => step.endpoint));
    }
  });
}

const GROUP_ID = /ServiceGroupId[^>]*>([^<]+)</;
const envelope = (session: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>${
    session &&
    `<a:ServiceGroupId xmlns:a="http://ws.apache.org/namespaces/axis2">${session}</a:ServiceGroupId>`
  }</s:Header><s:Body/></s:Envelope>`;

/** How a client of each kind of session sends, remembering what it has to between its requests. */
const clients: Record<Exclude<Session["kind"], "none">, (url: string, client: number) => Sender> = {
  clientId: (url, client) => async () => {
    const answer = await fetch(url, { headers: { ClientID: `client-${client}` } });
    return answering((await answer.json()) as { backend: string });
  },
  transport: (url) => {
    let cookie = "";
    return async () => {
      const answer = await fetch(url, { headers: { cookie } });
      cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
      return answering((await answer.json()) as { backend: string });
    };
  },
  soap: (url) => {
    let session = "";
    return async () => {
      const headers = { "content-type": "text/xml", soapaction: '""' };
      const answer = await fetch(url, { method: "POST", headers, body: envelope(session) });
      session = GROUP_ID.exec(await answer.text())?.[1] ?? session;
      return answering({ backend: answer.headers.get("x-by") ?? "" });
    };
  },
};
type Sender = () => Promise<string>;

/** Answers SOAP with a session of its own, new for whoever has none. */
function speaksSoap(backend: Backend): void {
  let sessions = 0;
  backend.answer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const session = GROUP_ID.exec(body)?.[1] ?? `urn:uuid:${backend.name}-${++sessions}`;
      response.writeHead(200, { "content-type": "text/xml", "x-by": backend.name });
      response.end(envelope(session));
    });
  });
}

for (const kind of ["transport", "clientId", "soap"] as const) {
  test(`${kind} sessions: clients are balanced, and stay, exactly as told`, async ({ backend, gateway }) => {
    const backends = await Promise.all(["a", "b", "c", "d", "e"].map((id) => backend(id)));
    if (kind === "soap") for (const b of backends) speaksSoap(b);
    const g = await gateway();
    const next = seeded(7);
    for (const [n, algorithm] of ["roundRobin", "weightedRoundRobin", "leastConnections"].entries()) {
      const group = randomGroup(backends, { ...named(algorithm), session: { kind } }, next);
      const context = `/sticky-${n}`;
      await deploy(g, context, group);
      const senders = new Map<number | null, Sender>();
      const seen: Step[] = [];
      for (const { client, pinned } of nextRequests(group, 20)!.steps) {
        const sender = senders.get(client) ?? clients[kind](`${g.url}${context}/1.0.0/`, client!);
        senders.set(client, sender);
        seen.push({ endpoint: await sender(), client, pinned });
      }
      expect(seen, JSON.stringify(group.endpoints)).toEqual(nextRequests(group, 20)!.steps);
      expect(seen.filter((step) => step.pinned)).toHaveLength(15);
    }
  });
}

const weights = [5, 3, 1];
/** Six standard deviations of a binomial count: chance alone leaves them once in half a billion runs. */
const spreadOf = (share: number, requests: number) => 6 * Math.sqrt(requests * share * (1 - share)) + 1;

/** How many of so many requests may reach an endpoint that has this share of the plan. */
const tolerances: Record<string, (share: number, requests: number) => [from: number, to: number]> = {
  // To the request: only the round under way may be cut.
  ...Object.fromEntries(
    ["roundRobin", "weightedRoundRobin", "leastConnections", "failover"].map((name) => [
      name,
      (share: number, requests: number) => [share * requests - 2, share * requests + 2],
    ]),
  ),
  ...Object.fromEntries(
    ["random", "hash"].map((name) => [
      name,
      (share: number, requests: number) => {
        const spread = spreadOf(share, requests);
        return [share * requests - spread, share * requests + spread];
      },
    ]),
  ),
  // Of two drawn by weight the faster one: from "always the slower" to "always the faster".
  fastestResponse: (share, requests) => {
    const [least, most] = [share ** 2, 1 - (1 - share) ** 2];
    return [least * requests - spreadOf(least, requests), most * requests + spreadOf(most, requests)];
  },
};

for (const [name, tolerance] of Object.entries(tolerances)) {
  test(`${name}: shares come as planned, also when one endpoint dies`, async ({ backend, gateway }) => {
    const backends = await Promise.all(["a", "b", "c"].map((id) => backend(id)));
    const g = await gateway();
    const endpoints = backends.map(({ url }, i) => ({ id: `ep-${i + 1}`, url, weight: weights[i]! }));
    const group = EndpointGroup.parse({ enabled: true, endpoints, ...named(name) });
    await deploy(g, "/shares", group);
    let client = 0;
    const count = async (requests: number) => {
      const counts = new Map(group.endpoints.map((e) => [e.id, 0]));
      for (let i = 0; i < requests; i++) {
        const by = await call(g, "/shares", { "x-client": `client ${client++}` });
        counts.set(by, counts.get(by)! + 1);
      }
      return counts;
    };
    const expectPlanned = async (requests: number, out: ReadonlySet<string>) => {
      const counts = await count(requests);
      for (const [id, share] of plannedShares(group, out)!) {
        const [from, to] = tolerance(share, requests);
        expect(counts.get(id), `${id} of ${JSON.stringify([...counts])}`).toBeGreaterThanOrEqual(from);
        expect(counts.get(id), `${id} of ${JSON.stringify([...counts])}`).toBeLessThanOrEqual(
          share === 0 ? 0 : to,
        );
      }
    };
    await expectPlanned(180, new Set());
    await backends[0]!.kill();
    // The first requests find out; from then on it is as the page says of "If this one is down".
    const isSuspended = async () =>
      (await g.status()).apis[0]!.endpoints.some((e) => e.id === "ep-1" && e.state === "suspended");
    for (let i = 0; i < 200 && !(await isSuspended()); i++) await count(1);
    await expectPlanned(180, new Set(["ep-1"]));
  });
}
