import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { verifyPassword } from "better-auth/crypto";
import * as z from "zod";
import { type AttemptRule, retryAfterSeconds } from "#lib/access/attemptRule";
import { readBasic } from "#lib/access/basic";
import type { Role } from "#lib/access/roles";
import { whyNoToken } from "#lib/access/trying";
import { NOBODYS_HASH } from "#lib/access/users";
import type { Users } from "#lib/feed";
import { type Attempts, MemoryAttempts } from "#lib/node/attempts";
import { listen } from "../boundary";
import * as answers from "../http/answers";
import { headerValue, type RequestHeaders } from "../http/headers";
import type { Authenticator } from "../tokens/auth";
import { clientAddress, peer } from "./forwarded";

/** Where test keys are made, as in Choreo Connect. */
export const TEST_KEY_PATH = "/testkey";

/** Wrong passwords within a minute: more than a person mistypes, far fewer than guessing takes. */
const PER_USER: AttemptRule = { limit: 5, windowMs: 60_000 };
const PER_ADDRESS: AttemptRule = { limit: 20, windowMs: 60_000 };
/** Most requests that wait for their password to be checked. One is checked at a time: it takes 50 ms and 32 MiB. */
const MAX_WAITING = 100;
/** Longest user name and password that are looked at, characters. */
const MAX_CREDENTIAL = 300;
/** Form fields, bytes, and how long they may take to arrive, ms. */
const MAX_FORM_BYTES = 4_096;
const FORM_MS = 5_000;

const Form = z.object({
  keytype: z.enum(["PRODUCTION", "SANDBOX"], "keytype is PRODUCTION or SANDBOX.").default("PRODUCTION"),
  /** Seconds; a day at most, because it is for trying out. */
  validity_period: z.coerce
    .number("validity_period is a whole number of seconds from 1 to 86400.")
    .int("validity_period is a whole number of seconds from 1 to 86400.")
    .min(1, "validity_period is a whole number of seconds from 1 to 86400.")
    .max(86_400, "validity_period is a whole number of seconds from 1 to 86400.")
    .default(3_600),
  scope: z.string().max(2_000, "scope has at most 2000 characters.").default(""),
});

/** What comes in, as far as a key depends on it. */
interface Asking {
  readonly req: IncomingMessage;
  readonly headers: RequestHeaders;
  readonly secure: boolean;
}

/** The publisher's users: undefined while they cannot be read, and null where nobody can sign. */
export interface TestKeyUsers {
  signIn(username: string): Promise<Awaited<ReturnType<Users["signIn"]>> | undefined>;
  testKey: Users["testKey"];
}

/** `POST /testkey`: a token for a user of the publisher, so that an API can be tried without an application. */
export class TestKeys {
  private readonly attempts: Attempts = new MemoryAttempts();
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();

  /** `plain`: also over HTTP, where the password can be read on its way; for loopback only. */
  constructor(
    private readonly auth: Authenticator,
    private readonly plain: boolean,
    private readonly users: TestKeyUsers,
  ) {}

  /** The token, or why there is none. */
  async answer(
    { req, headers, secure }: Asking,
    trusted: BlockList | null,
  ): Promise<string | answers.Answer> {
    if (headers.problem) return answers.malformed(headers.problem);
    if (!secure && !this.plain) return overHttps;
    const credentials = credentialsOf(headerValue(headers.forward, "authorization"));
    if (!credentials) return unauthenticated;
    const form = await readForm(req);
    if ("status" in form) return form;
    const address = clientAddress(peer(req.socket, trusted), headers, trusted);
    const found = await this.check(credentials, address);
    if (!("role" in found)) return found;
    const keyType = form.keytype === "SANDBOX" ? "sandbox" : "production";
    const whyNot = whyNoToken(found.role, keyType);
    if (whyNot) return notForRole(`${whyNot} Ask with keytype=SANDBOX.`);
    const { username } = credentials;
    const clientId = `testkey:${username}`;
    const token = await this.users.testKey({
      ...{ issuer: this.auth.issuer, keyType, clientId, subject: username },
      scopes: form.scope.split(" ").filter((scope) => scope !== ""),
      validitySeconds: form.validity_period,
      revokedBefore: this.auth.revokedBefore(clientId),
    });
    return token ?? unavailable("There is no key to sign with. Is the publisher running?");
  }

  /** Whose password it is, or the answer to a wrong one. */
  private async check(
    { username, password }: Credentials,
    address: string,
  ): Promise<{ role: Role } | answers.Answer> {
    const rules = { [`user:${username}`]: PER_USER, [`address:${address}`]: PER_ADDRESS };
    const compare = () => this.inTurn(() => this.compare(username, password));
    const tried = await this.attempts.guess(rules, compare, (outcome) => outcome === "wrong");
    if (tried.kind === "limited") return tooManyFailures(tried.waitMs);
    if (tried.kind === "busy" || tried.value === "busy") {
      return unavailable("Many passwords are being checked at the moment. Try again in a moment.");
    }
    if (tried.value === "unreadable") return unavailable("The users cannot be read at the moment.");
    return tried.value === "wrong" ? unauthenticated : tried.value;
  }

  private async compare(
    username: string,
    password: string,
  ): Promise<{ role: Role } | "wrong" | "unreadable"> {
    const stored = await this.users.signIn(username);
    if (stored === undefined) return "unreadable";
    const hash = stored?.passwordHash ?? NOBODYS_HASH;
    const matches = await verifyPassword({ hash, password }).catch(() => false);
    return stored !== null && matches ? { role: stored.role } : "wrong";
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T | "busy"> {
    if (this.waiting >= MAX_WAITING) return "busy";
    this.waiting++;
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }
}

interface Credentials {
  username: string;
  password: string;
}

/** Users' names are stored in lower case. */
function credentialsOf(header: string | undefined): Credentials | null {
  const basic = readBasic(header, MAX_CREDENTIAL);
  const username = basic?.name.trim().toLowerCase() ?? "";
  return basic && username !== "" ? { username, password: basic.password } : null;
}

/** The form fields; what is wrong with them as an answer. */
async function readForm(req: IncomingMessage): Promise<z.infer<typeof Form> | answers.Answer> {
  const body = await readBody(req);
  if (typeof body !== "string") return body;
  const type = (req.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (body !== "" && type !== "application/x-www-form-urlencoded") {
    return badForm("Send the fields as a form (application/x-www-form-urlencoded).");
  }
  const fields = Object.fromEntries([...new URLSearchParams(body)].filter(([, value]) => value !== ""));
  const form = Form.safeParse(fields);
  return form.success ? form.data : badForm(form.error.issues.map((issue) => issue.message).join(" "));
}

function readBody(req: IncomingMessage): Promise<string | answers.Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => resolve(answers.callerTooSlow), FORM_MS);
    const settle = (result: string | answers.Answer) => {
      clearTimeout(timer);
      resolve(result);
    };
    const early = () => settle(answers.malformed("The request ended early."));
    const exposed = { requestId: "", breakOff: () => settle(answers.internalError) };
    listen("form data", req, exposed, (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_FORM_BYTES) settle(answers.bodyTooLarge);
      else chunks.push(chunk);
    });
    listen("form end", req, exposed, () => settle(Buffer.concat(chunks).toString("utf8")));
    listen("form error", req, exposed, early);
    listen("form close", req, exposed, early);
  });
}

const noStore = { "Cache-Control": "no-store" };

const overHttps: answers.Answer = {
  status: 403,
  code: "900901",
  message: "Forbidden",
  description: "Test keys are made over HTTPS only: the password would be readable on its way.",
};

const unauthenticated: answers.Answer = {
  status: 401,
  code: "900901",
  message: "Invalid Credentials",
  description: "Send user name and password of a user of the publisher with HTTP Basic.",
  headers: { ...noStore, "WWW-Authenticate": 'Basic realm="Sluice", charset="UTF-8"' },
};

function notForRole(description: string): answers.Answer {
  return { status: 403, code: "900901", message: "Forbidden", description, headers: noStore };
}

function tooManyFailures(waitMs: number): answers.Answer {
  return {
    status: 429,
    code: "900802",
    message: "Too Many Requests",
    description: "Too many wrong passwords. Wait before the next try.",
    headers: { ...noStore, "Retry-After": retryAfterSeconds(waitMs) },
  };
}

function badForm(description: string): answers.Answer {
  return { status: 400, code: "900901", message: "Bad Request", description, headers: noStore };
}

function unavailable(description: string): answers.Answer {
  return {
    status: 503,
    code: "900900",
    message: "Service Unavailable",
    description,
    headers: { ...noStore, "Retry-After": "1" },
  };
}
