/**
 * A PostgreSQL server for tests and tools: the one that SLUICE_TEST_POSTGRES names, or one of its own that is made of
 * the installed programs, in a folder of its own, and gone afterwards. Such a one keeps nothing through a power cut.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresPrograms } from "./postgresPrograms.mjs";

export interface PostgresServer {
  /** Of a database of this name; whether there is one is not asked. */
  url(database: string): string;
  /** Its process, to be stopped and frozen; null for a server of somebody else's. */
  readonly pid: number | null;
  /** Starts it again where it was, after it was stopped or killed. */
  restart(): Promise<void>;
  /** Ends it at once and waits. */
  kill(): Promise<void>;
  /** Has none of its processes do anything, as on a machine that is gone, or go on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Whether a server can be had: why not, or null. */
export function postgresMissing(): string | null {
  if (process.env.SLUICE_TEST_POSTGRES || postgresPrograms()) return null;
  return "There is no PostgreSQL: install it (Debian: apt-get install postgresql), or name a server in SLUICE_TEST_POSTGRES.";
}

/** Starts one, or takes the one that is given. Throws a sentence. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.SLUICE_TEST_POSTGRES;
  if (given) return givenServer(given);
  const programs = postgresPrograms();
  if (!programs) throw new Error(postgresMissing() ?? "");
  const folder = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
  const user = unprivileged();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "sluice", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
    { ...user, cwd: folder, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error}`);
  const port = await freePort();
  const own = new OwnServer(join(programs, "postgres"), data, folder, port, user);
  await own.restart();
  return own;
}

/** Has work done with a new database, which is gone afterwards. */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = await startPostgres();
  try {
    return await work(server.url("postgres"));
  } finally {
    await server.stop();
  }
}

function givenServer(given: string): PostgresServer {
  const unable = async () => {
    throw new Error("A server that is given is not stopped.");
  };
  const url = (database: string) => {
    const own = new URL(given);
    own.pathname = `/${database}`;
    return String(own);
  };
  const cannot = () => {
    throw new Error("A server that is given is not frozen.");
  };
  return {
    url,
    pid: null,
    restart: unable,
    kill: unable,
    freeze: cannot,
    thaw: cannot,
    stop: async () => {},
  };
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("There is no user postgres or nobody that PostgreSQL could run as.");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

const STARTED = /database system is ready to accept connections/;

class OwnServer implements PostgresServer {
  private child: ChildProcess | null = null;

  constructor(
    private readonly program: string,
    private readonly data: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly user: { uid: number; gid: number } | undefined,
  ) {
    // However this process ends.
    process.on("exit", this.onExit);
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  url(database: string): string {
    return `postgresql://sluice@127.0.0.1:${this.port}/${database}`;
  }

  async restart(): Promise<void> {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: this.port,
      unix_socket_directories: "",
      fsync: "off",
      full_page_writes: "off",
      max_connections: 200,
      shared_buffers: "32MB",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(this.program, ["-D", this.data, ...args], {
      ...this.user,
      cwd: this.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`PostgreSQL ended (${code}): ${said.slice(-500)}`)));
      child.stderr?.on("data", (chunk) => {
        said = (said + chunk).slice(-4_000);
        if (STARTED.test(said)) resolve();
      });
    });
  }

  freeze(): void {
    this.signalAll("SIGSTOP");
  }

  thaw(): void {
    this.signalAll("SIGCONT");
  }

  /** The first process makes one for each connection. */
  private signalAll(signal: NodeJS.Signals): void {
    if (this.pid === null) return;
    process.kill(this.pid, signal);
    const children = spawnSync("pgrep", ["-P", String(this.pid)], { encoding: "utf8" }).stdout;
    for (const pid of children.split("\n").filter(Boolean)) {
      try {
        process.kill(Number(pid), signal);
      } catch {
        // One whose caller has hung up is gone by now.
      }
    }
  }

  async kill(): Promise<void> {
    await this.end("SIGQUIT");
  }

  async stop(): Promise<void> {
    // At once, without waiting for whoever is connected.
    await this.end("SIGINT");
    process.off("exit", this.onExit);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGCONT");
    child.kill(signal);
    await once(child, "exit");
  }

  private readonly onExit = () => {
    this.child?.kill("SIGCONT");
    this.child?.kill("SIGQUIT");
    rmSync(this.folder, { recursive: true, force: true });
  };
}

/** A name that no other test has. */
export const newDatabaseName = () => `sluice_${randomBytes(6).toString("hex")}`;
