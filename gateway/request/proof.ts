import type { Credentials } from "../backends/credentials";

/** How one request proves itself to endpoints that ask for credentials: again, once, where it had old ones. */
export class Proof {
  /** The endpoint refused the credentials and there are better ones now. */
  again = false;
  /** What version of them the attempt under way was sent with. */
  private version = 0;
  private mayProveAgain = true;

  constructor(private readonly credentials: Credentials) {}

  /** Why there are none; null when there are. */
  ready(): Promise<string | null> | null {
    return this.credentials.ready();
  }

  /** Adds them to what is sent. The path, which may carry one. */
  apply(method: string, path: string, headers: string[]): string {
    this.again = false;
    this.version = this.credentials.version;
    return this.credentials.apply(method, path, headers);
  }

  /** An answer has come. Whether the same endpoint is to be asked again, with credentials that are new since. */
  refused(status: number, raw: readonly string[], replayable: boolean): boolean {
    if (status !== 401 || !this.mayProveAgain) return false;
    this.mayProveAgain = false;
    this.again = this.credentials.refused(this.version, status, raw) && replayable;
    return this.again;
  }
}
