import { newDatabaseName, type PostgresServer, startPostgres } from "../tools/postgresServer";
import { migrated } from "./installations/migrated";

/** The PostgreSQL server of one worker, and the databases on it. */
export class TestServer {
  private constructor(
    /** To be stopped, frozen and started again. */
    readonly server: PostgresServer,
    private readonly sql: (url: string, text: string) => Promise<unknown>,
    private readonly template: string,
  ) {}

  /** @param sql carries a statement out on the database of a URL */
  static async start(sql: (url: string, text: string) => Promise<unknown>): Promise<TestServer> {
    const server = await startPostgres();
    const template = newDatabaseName();
    await sql(server.url("postgres"), `CREATE DATABASE "${template}"`);
    const problem = await migrated(server.url(template));
    if (problem) throw new Error(problem);
    return new TestServer(server, sql, template);
  }

  /** A migrated database without rows; returns its URL. */
  async create(): Promise<string> {
    return this.copy(this.template);
  }

  /** One that nobody has migrated. */
  async createBare(): Promise<string> {
    return this.copy("template0");
  }

  async drop(url: string): Promise<void> {
    const name = new URL(url).pathname.slice(1);
    await this.sql(this.server.url("postgres"), `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private async copy(template: string): Promise<string> {
    const name = newDatabaseName();
    await this.sql(this.server.url("postgres"), `CREATE DATABASE "${name}" TEMPLATE "${template}"`);
    return this.server.url(name);
  }
}
