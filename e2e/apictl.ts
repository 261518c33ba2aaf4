import { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import { fromBufferPromise } from "yauzl";
import { ZipFile } from "yazl";
import * as z from "zod";
import type { Role } from "#lib/access/roles";
import type { Answer, Call } from "#lib/contract/httpCall";
import type { Interface } from "#lib/contract/openApiDocument";
import { publisherRest } from "#lib/contract/publisherRest";
import type { Publisher } from "./fixtures";

/**
 * What `apictl` sends to the Publisher REST API and how it reads the answers, call by call. Go reads JSON strictly by
 * type, so each answer is parsed by what the tool's structs say.
 */

export type Files = Record<string, string | Buffer>;

/** As Go's writer packs a folder: an entry for each directory, and sizes in data descriptors. */
export async function packed(files: Files): Promise<Buffer> {
  const zip = new ZipFile();
  const folders = new Set<string>();
  for (const [path, content] of Object.entries(files)) {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end + 1);
      if (!folders.has(folder)) zip.addEmptyDirectory(folder);
      folders.add(folder);
    }
    zip.addReadStream(Readable.from([Buffer.from(content)]), path);
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The files of a ZIP as texts, in its order. */
export async function unpacked(bytes: Buffer): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await textOf(await zip.openReadStreamPromise(entry)));
  return files;
}

const text = z.string();
const ApiList = z.object({
  count: z.int32(),
  list: z.array(
    z.object({
      ...{ id: text, name: text, context: text, version: text, provider: text, lifeCycleStatus: text },
    }),
  ),
});
const Found = z.object({
  count: z.int(),
  list: z.array(
    z.object({
      ...{ id: text, name: text, context: text, version: text, provider: text, type: text },
      lifeCycleStatus: text,
    }),
  ),
  pagination: z.object({ offset: z.int(), limit: z.int(), total: z.int(), next: text, previous: text }),
});
const Revisions = z.object({
  count: z.int32(),
  list: z.array(
    z.object({
      ...{ id: text, displayName: text, description: text },
      deploymentInfo: z.array(z.object({ name: text, displayOnDevportal: z.boolean() })),
    }),
  ),
});
const Api = z.object({
  ...{ id: text, name: text, description: text, context: text, version: text },
  ...{ provider: text, lifeCycleStatus: text },
  isDefaultVersion: z.boolean(),
  ...{ transport: z.array(text), tags: z.array(text), policies: z.array(text).nonempty() },
  businessInformation: z.record(text, text),
  endpointConfig: z.record(text, z.unknown()),
});
const Compliance = z.object({
  "compliance-check": z.object({
    result: z.enum(["pass", "fail"]),
    violations: z.array(
      z.object({
        policy: text,
        rulesets: z.array(
          z.object({
            ...{ ruleset: text, type: text },
            "rule-violations": z.array(z.object({ path: text, message: text, severity: text })),
          }),
        ),
      }),
    ),
  }),
});
const LifeCycle = z.object({
  state: text,
  checkItems: z.array(z.unknown()),
  availableTransitions: z.array(z.object({ event: text, targetState: text })),
});
const Changed = z.object({ workflowStatus: z.literal("APPROVED"), lifecycleState: LifeCycle });
export const Problem = z.strictObject({
  ...{ code: z.int(), message: text, description: text, moreInfo: z.literal("") },
  error: z.array(z.strictObject({ code: text, message: text, description: text })),
});

const Registered = z.object({
  ...{ clientId: text, clientSecret: text, clientName: text, callBackURL: text, jsonString: text },
});
export type Registered = z.infer<typeof Registered>;
const Granted = z.object({ access_token: text });

const SCOPES = ["apim:api_view", "apim:api_create", "apim:admin", "apim:mcp_server_view"];
const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;

/** `apictl login -u -p`, and what it does before every command and at `logout`. */
export const login = {
  register(url: string, user: string, password: string): Promise<Response> {
    return fetch(`${url}/client-registration/v0.17/register`, {
      method: "POST",
      headers: { authorization: basic(user, password), "content-type": "application/json" },
      body: JSON.stringify({
        clientName: `rest_api_import_export_${user.replaceAll("@", "_")}`,
        ...{ callbackUrl: "www.google.lk", grantType: "password refresh_token", saasApp: true },
        ...{ owner: user, tokenScope: "Production" },
      }),
    });
  },

  async registered(url: string, user: string, password: string): Promise<Registered> {
    const answer = await this.register(url, user, password);
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    return Registered.parse(await answer.json());
  },

  /** The user's name is not encoded, and the scopes are joined by "+". */
  grant(url: string, client: Registered, user: string, password: string): Promise<Response> {
    const words = `grant_type=password&username=${user}&password=${encodeURIComponent(password)}`;
    return this.post(`${url}/oauth2/token`, client, `${words}&scope=${SCOPES.join("+")}`);
  },

  async token(url: string, client: Registered, user: string, password: string): Promise<string> {
    const answer = await this.grant(url, client, user, password);
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    return Granted.parse(await answer.json()).access_token;
  },

  revoke(url: string, client: Registered, token: string): Promise<Response> {
    return this.post(`${url}/oauth2/revoke`, client, `token=${token}&token_type_hint=access_token`);
  },

  post(url: string, { clientId, clientSecret }: Registered, body: string): Promise<Response> {
    const headers = {
      authorization: basic(clientId, clientSecret),
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    };
    return fetch(url, { method: "POST", headers, body });
  },
};

const Policies = z.object({
  count: z.int(),
  list: z.array(
    z.object({
      ...{ name: text, description: text, policyLevel: text, tierPlan: text },
      ...{ requestCount: z.int(), unitTime: z.int(), stopOnQuotaReach: z.boolean() },
    }),
  ),
});
const application = {
  ...{ applicationId: text, name: text, owner: text, throttlingPolicy: text, status: text },
  ...{ groups: z.array(text), subscriptionCount: z.int(), attributes: z.object({}) },
};
const Applications = z.object({ count: z.int(), list: z.array(z.object(application)) });
const OneApplication = z.object({
  ...application,
  hashEnabled: z.boolean(),
  subscriptionScopes: z.array(
    z.object({ ...{ key: text, name: text, description: text }, roles: z.array(text) }),
  ),
});
const Made = z.object({ applicationId: text, name: text, owner: text, status: text, groupId: text });
const Subscribed = z.object({ subscriptionId: text.min(1), applicationId: text, apiId: text });
const Subscriptions = z.object({ count: z.int(), list: z.array(Subscribed) });
const key = {
  ...{ consumerKey: text, consumerSecret: text, keyState: text, keyType: text },
  supportedGrantTypes: z.array(text),
};
const Keys = z.object({ count: z.int(), list: z.array(z.object(key)) });
const Generated = z.object({ ...key, token: z.object({ accessToken: text, tokenScopes: z.array(text) }) });

/** The call of an interface that a request makes, by its name. */
export function nameOf({ calls }: Interface, method: string, path: string): string | undefined {
  const [plain = ""] = path.split("?");
  const named = Object.entries(calls).filter(([, row]) => row.method === method && fits(row.path, plain));
  // A path without parameters goes before one with some.
  return named.sort(([, a], [, b]) => count(a.path) - count(b.path))[0]?.[0];
}

/** Throws where an answer is none that the interface's document tells of. A path of no row is not looked at. */
async function holdTo(one: Interface, method: string, path: string, answer: Response) {
  const row = one.calls[nameOf(one, method, path) ?? ""];
  if (!row || answer.status === 429 || answer.status >= 500) return;
  const refused = answer.status >= 400 && documented(row).includes(answer.status);
  const known = row.answers[answer.status] ?? (refused ? { schema: one.refusal } : undefined);
  if (!known) throw new Error(`${row.path} answered ${answer.status}, of which its row says nothing`);
  if (!known.schema || !(answer.headers.get("content-type") ?? "").includes("json")) return;
  held(row, known.schema, await answer.text());
}

/** The body, which has to be as its schema says, with nothing beside that. */
function held({ path }: Call, schema: z.ZodType | undefined, text: string): unknown {
  const body = JSON.parse(text);
  const parsed = schema?.safeParse(body);
  if (!parsed?.success)
    throw new Error(`${path} answered otherwise than its row says: ${parsed?.error} ${text}`);
  if (!isDeepStrictEqual(parsed.data, body)) throw new Error(`${path} tells more than its row: ${text}`);
  return parsed.data;
}

const count = (path: string) => path.split("{").length;
const fits = (template: string, path: string) =>
  new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
const documented = ({ refusals = [], json: body, form }: Call): number[] => [
  ...[401, 403],
  ...refusals,
  ...(body || form ? [400, 413] : []),
];

/** Of go's form encoding: a space is "+". */
const form = (query: string) => new URLSearchParams({ query }).toString();

/** The calls of one user, whose token came by `apictl login --token`. */
export class Apictl {
  constructor(
    private readonly publisher: string,
    private readonly token: string,
    private readonly version = "v4",
  ) {}

  /** Each answer is held to what the row of the call in lib/contract says of it. */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, ...(init.headers as Record<string, string>) };
    const answer = await fetch(`${this.publisher}/api/am/publisher/${this.version}${path}`, {
      ...init,
      headers,
    });
    await holdTo(publisherRest, init.method ?? "GET", path, answer.clone());
    return answer;
  }

  /** A POST or PUT of JSON. */
  send(method: "POST" | "PUT", path: string, body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.call(path, { method, headers, body: JSON.stringify(body) });
  }

  portal(path: string, init: RequestInit = {}, version = "v3"): Promise<Response> {
    const authorization = `Bearer ${this.token}`;
    const headers = { authorization, "content-type": "application/json" };
    return fetch(`${this.publisher}/api/am/devportal/${version}${path}`, { ...init, headers });
  }

  /** `get keys`: the calls in their order. Returns key, secret and what the token was asked with. */
  async keys(name: string, version: string) {
    const read = async <T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> => {
      const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
      const answer = await this.portal(path, init);
      const words = await answer.text();
      if (![200, 201].includes(answer.status)) throw new Error(`${path}: ${answer.status} ${words}`);
      return schema.parse(JSON.parse(words));
    };
    const id = await this.idOf(name, version);
    for (const type of ["APIProduct", "MCP"])
      if ((await this.search(name, version, ` type:"${type}"`)).count !== 0) throw new Error(type);
    const [tier] = (await this.get(id)).policies;
    const policies = await read(Policies, "/throttling-policies/application");
    const found = await read(Applications, "/applications?query=default-apictl-app");
    const wanted = { name: "default-apictl-app", throttlingPolicy: policies.list[0]?.name, tokenType: "JWT" };
    const applicationId =
      found.list[0]?.applicationId ?? (await read(Made, "/applications", wanted)).applicationId;
    const subscribed = await read(Subscriptions, `/subscriptions?apiId=${id}`);
    if (!subscribed.list.some((one) => one.applicationId === applicationId))
      await read(Subscribed, "/subscriptions", { applicationId, apiId: id, throttlingPolicy: tier });
    const { subscriptionScopes } = await read(OneApplication, `/applications/${applicationId}`);
    if (found.count > 0) {
      const { count } = await read(Keys, `/applications/${applicationId}/keys`);
      if (count !== 0) throw new Error("The secret of this machine would be asked for.");
    }
    const order = { keyType: "PRODUCTION", validityTime: 3_600 };
    const grants = { grantTypesToBeSupported: ["refresh_token", "password", "client_credentials"] };
    const { consumerKey, consumerSecret } = await read(
      Generated,
      `/applications/${applicationId}/generate-keys`,
      { ...order, ...grants },
    );
    return { applicationId, consumerKey, consumerSecret, scopes: subscriptionScopes.map(({ key }) => key) };
  }

  private async read<T>(schema: z.ZodType<T>, path: string, init?: RequestInit): Promise<T> {
    const answer = await this.call(path, init);
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body}`);
    return schema.parse(JSON.parse(body));
  }

  list(query = "limit=25") {
    return this.read(ApiList, `/apis?${query}`);
  }

  search(name: string, version: string, more = "") {
    return this.read(Found, `/search?${form(`name:"${name}" version:"${version}"${more}`)}`);
  }

  /** As every command finds its API. */
  async idOf(name: string, version: string): Promise<string> {
    const { list } = await this.search(name, version);
    if (!list[0]) throw new Error(`${name} ${version} is not found`);
    return list[0].id;
  }

  get(id: string) {
    return this.read(Api, `/apis/${id}`);
  }

  revisions(id: string, query = "") {
    return this.read(Revisions, `/apis/${id}/revisions${query}`);
  }

  import(zip: Buffer, query = "preserveProvider=true&rotateRevision=false"): Promise<Response> {
    const body = new FormData();
    const file = new File([new Uint8Array(zip)], "project-artifact123.zip", { type: "application/zip" });
    body.append("file", file);
    return this.call(`/apis/import?${query}`, {
      method: "POST",
      headers: { accept: "application/json" },
      body,
    });
  }

  async dryRun(zip: Buffer) {
    const answer = await this.import(zip, "preserveProvider=true&rotateRevision=false&dryRun=true");
    if (answer.status !== 200) throw new Error(await answer.text());
    const { result, violations } = Compliance.parse(await answer.json())["compliance-check"];
    const found = violations.flatMap(({ rulesets }) => rulesets.flatMap((one) => one["rule-violations"]));
    return { result, found };
  }

  export(name: string, version: string, more = "&format=YAML"): Promise<Response> {
    const query = `name=${encodeURIComponent(name)}&version=${version}&providerName=&preserveStatus=true`;
    return this.call(`/apis/export?${query}&preserveCredentials=false${more}`, {
      headers: { accept: "application/zip" },
    });
  }

  undeploy(id: string, revision: string, environments: string[] | null): Promise<Response> {
    const body = environments?.map((name) => ({ name, displayOnDevportal: true })) ?? null;
    const all = environments ? "" : "&allEnvironments=true";
    return this.call(`/apis/${id}/undeploy-revision?revisionNumber=${revision}${all}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** An empty body that says to be JSON. */
  changeStatus(id: string, action: string): Promise<Response> {
    const query = new URLSearchParams({ action, apiId: id });
    const headers = { "content-type": "application/json" };
    return this.call(`/apis/change-lifecycle?${query}`, { method: "POST", headers, body: "" });
  }

  /** The state that an action leads to. */
  async changed(id: string, action: string): Promise<string> {
    const answer = await this.changeStatus(id, action);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
    return Changed.parse(await answer.json()).lifecycleState.state;
  }

  state(id: string) {
    return this.read(LifeCycle, `/apis/${id}/lifecycle-state`);
  }

  delete(id: string): Promise<Response> {
    return this.call(`/apis/${id}`, { method: "DELETE" });
  }
}

/** The calls of the administrator, or of a user with this role. */
export async function apictlOf(publisher: Publisher, role?: Role): Promise<Apictl> {
  const { token } = await (role ? publisher.signInAs(role) : publisher.signIn());
  return new Apictl(publisher.url, token);
}

/** A refusal in the form of WSO2's errors; anything else fails the test. */
export async function refusalOf(answer: Response) {
  const { code, message, description, error } = Problem.parse(await answer.json());
  return { status: answer.status, code, message, description, error };
}

/** The body of an answer that is as the call's row says, with nothing beside it. */
export async function told<C extends Call, S extends number & keyof C["answers"]>(
  call: C,
  status: S,
  answer: Response,
): Promise<C["answers"][S] extends { schema: infer T extends z.ZodType } ? z.output<T> : never> {
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${call.path}: ${answer.status} ${text}`);
  return held(call, (call.answers[status] as Answer).schema, text) as never;
}
