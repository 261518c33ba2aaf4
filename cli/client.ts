/** Talks to the publisher. Whatever goes wrong becomes one sentence for the person at the terminal. */
import { basicHeader } from "#lib/access/basic";

/** Exit codes, also told by `sluice --help`. */
export const FAILED = 1;
export const USAGE = 2;

/** How long an answer may take, ms: a deployment waits up to 2 s for the gateway, a large import reads for a minute. */
const TIMEOUT_MS = 90_000;

/** Ends the command with a sentence and an exit code. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode = FAILED,
    /** What was wrong, in detail, for `--json`. */
    readonly problems?: unknown,
  ) {
    super(message);
  }
}

/** No other call goes better: nobody is there, or whoever asks may not. */
export class Unavailable extends Failure {}

export interface ApiInfo {
  id: string;
  name: string;
  version: string;
  context: string;
  basePath: string;
  live: { revision: number; since: string } | null;
  changed: boolean;
}

export class Client {
  private readonly url: string;

  constructor(private readonly env: NodeJS.ProcessEnv) {
    this.url = (env.SLUICE_URL || "http://localhost:3000").replace(/\/+$/, "");
    if (!URL.canParse(this.url) || !/^https?:/.test(this.url))
      throw new Failure(`SLUICE_URL: "${this.url}" is not a URL such as http://localhost:3000.`, USAGE);
  }

  /** The body of a JSON answer; a refusal ends the command with its reason. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isForm = body instanceof FormData;
    const content: Record<string, string> =
      body === undefined || isForm ? {} : { "content-type": "application/json" };
    const answer = await this.ask(method, path, {
      headers: content,
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  }

  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.ask("GET", path)).arrayBuffer());
  }

  /** The API of this name and version; without a version there must be one only. */
  async find(name: string, version: string | undefined): Promise<ApiInfo> {
    const query = new URLSearchParams({ name, ...(version && { version }) });
    const { apis } = await this.json<{ apis: ApiInfo[] }>("GET", `/api/v1/apis?${query}`);
    const [found] = apis;
    const called = version ? `${name} with version ${version}` : name;
    if (!found) throw new Failure(`There is no API named ${called}.`);
    if (apis.length > 1) {
      const versions = apis.map((api) => api.version).join(", ");
      throw new Failure(`${name} has the versions ${versions}: choose one with --version.`, USAGE);
    }
    return found;
  }

  /** A token for SLUICE_TOKEN. */
  async login(username: string, password: string): Promise<{ token: string; expiresAt?: string }> {
    const answer = await this.send("POST", "/session", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    return (await answer.json()) as { token: string };
  }

  private ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), authorization: this.authorization() };
    return this.send(method, path, { ...init, headers });
  }

  private authorization(): string {
    const { SLUICE_TOKEN: token, SLUICE_USERNAME: username, SLUICE_PASSWORD: password } = this.env;
    if (token) return `Bearer ${token}`;
    if (username && password) return basicHeader(username, password);
    const ways = "SLUICE_TOKEN (see sluice login), or SLUICE_USERNAME and SLUICE_PASSWORD";
    throw new Unavailable(`Not signed in: set ${ways}.`, USAGE);
  }

  private async send(method: string, path: string, init: RequestInit): Promise<Response> {
    let answer: Response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      answer = await fetch(this.url + path, { ...init, method, signal, redirect: "manual" });
    } catch (error) {
      if ((error as Error).name === "TimeoutError")
        throw new Failure(`The publisher at ${this.url} did not answer within ${TIMEOUT_MS / 1_000} s.`);
      throw new Unavailable(
        `The publisher at ${this.url} cannot be reached. Is it running, and is SLUICE_URL right?`,
      );
    }
    if (answer.ok) return answer;
    const text = await answer.text();
    const told = parsed(text);
    const message = typeof told?.message === "string" ? told.message : text.trim().split("\n", 1)[0];
    const Refusal = [401, 403, 429].includes(answer.status) ? Unavailable : Failure;
    throw new Refusal(message || `The publisher answered ${answer.status}.`, FAILED, told?.problems);
  }
}

function parsed(text: string): { message?: unknown; problems?: unknown } | null {
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}
