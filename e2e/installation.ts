/**
 * The processes of one installation, started on a database as `npm start` does, and what tests ask of them.
 */
import type { Role } from "#lib/access/roles";
import { GatewayStatus } from "#lib/status";
import type { ApiInput, Database, Deployed } from "./database";
import { freePort } from "./ports";
import { type Running, run, until } from "./processes";

export type Environment = Record<string, string>;

export interface Gateway extends Running {
  /** Without a slash at the end. */
  url: string;
  httpsUrl: string;
  adminUrl: string;
  status(): Promise<GatewayStatus>;
  /** Waits until this gateway serves what was deployed. */
  reaches(generation: number): Promise<void>;
  /** Saves, deploys and waits until this gateway serves it. */
  deploy(definition: ApiInput): Promise<Deployed>;
}

/** What a machine sends to be let in. */
export interface Session {
  /** For the header `Cookie`. */
  cookie: string;
  /** For `Authorization: Bearer`. */
  token: string;
}

export interface Publisher extends Running {
  /** Without a slash at the end. */
  url: string;
  /** Signs in by HTTP and hands the session to this test's browser too; as the administrator unless told otherwise. */
  signIn(username?: string, password?: string): Promise<Session>;
  /** Adds a user of this role, named like it, and signs in. */
  signInAs(role: Role): Promise<Session>;
}

/** The administrator of every test's publisher. */
export const admin = { username: "admin", password: "correct horse battery" };

/** Where a gateway listens; a publisher must know it even before that gateway starts. */
export interface GatewayPorts {
  http: number;
  https: number;
  admin: number;
}

export async function gatewayPorts(): Promise<GatewayPorts> {
  return { http: await freePort(), https: await freePort(), admin: await freePort() };
}

/** Starts a gateway; `isReady` of the result resolves once it serves. */
export function launchGateway(
  database: Database,
  { http, https, admin }: GatewayPorts,
  env: Environment = {},
): { gateway: Gateway; isReady(): Promise<void> } {
  const running = run("gateway", {
    ...database.env,
    GATEWAY_HTTP_PORT: String(http),
    GATEWAY_HTTPS_PORT: String(https),
    GATEWAY_ADMIN_PORT: String(admin),
    // A deployment is seen soon, so that tests do not wait for it; still sooner, and looking costs a core's fiftieth.
    GATEWAY_POLL_MS: "50",
    ...env,
  });
  const adminUrl = `http://127.0.0.1:${admin}`;

  const statusBody = async () => (await fetch(`${adminUrl}/status`)).json();
  async function status(): Promise<GatewayStatus> {
    return GatewayStatus.parse(await statusBody());
  }
  async function reaches(generation: number): Promise<void> {
    // By hand: `expect.poll` costs a step of Playwright's each time, and nearly every test waits here.
    const seen = async () => ((await statusBody()) as GatewayStatus).generation >= generation;
    await until(running, seen, `serves generation ${generation}`);
  }
  async function deploy(definition: ApiInput): Promise<Deployed> {
    const deployed = await database.deploy(definition);
    await reaches(deployed.generation);
    return deployed;
  }
  const url = `http://127.0.0.1:${http}`;
  const httpsUrl = `https://127.0.0.1:${https}`;
  return {
    gateway: { ...running, url, httpsUrl, adminUrl, status, reaches, deploy },
    isReady: () => until(running, () => answersOk(`${adminUrl}/readyz`)),
  };
}

/** Starts the built publisher, which asks the gateway at these ports; `isReady` resolves once it listens. */
export function launchPublisher(
  database: Database,
  ports: GatewayPorts,
  port: number,
  env: Environment = {},
): { running: Running; url: string; isReady(): Promise<void> } {
  const running = run("publisher", {
    ...database.env,
    PORT: String(port),
    GATEWAY_ADMIN_PORT: String(ports.admin),
    GATEWAY_HTTP_PORT: String(ports.http),
    GATEWAY_HTTPS_PORT: String(ports.https),
    ADMIN_PASSWORD: admin.password,
    ...env,
  });
  return {
    running,
    url: `http://localhost:${port}`,
    isReady: () => until(running, () => /^Publisher: http/m.test(running.output())),
  };
}

/** Signs in by HTTP. */
export async function postSession(url: string, username: string, password: string): Promise<Session> {
  const answer = await fetch(`${url}/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`Signing in as ${username}: ${answer.status} ${await answer.text()}`);
  const { token } = (await answer.json()) as { token: string };
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return { token, cookie };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
