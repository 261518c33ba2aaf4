import type { FullConfig, Reporter, Suite } from "@playwright/test/reporter";

/** Prints `N passed, N failed` as the very last line: CI reads the counts from it. */
export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;
  private errorsOutsideTests = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.suite = suite;
  }

  /** Such as a spec that does not compile: no test ran, and yet the run failed. */
  onError(): void {
    this.errorsOutsideTests++;
  }

  printsToStdio(): boolean {
    return false;
  }

  /** After every reporter's onEnd, so that nothing follows. */
  async onExit(): Promise<void> {
    const outcomes = this.suite?.allTests().map((test) => test.outcome()) ?? [];
    const count = (...wanted: string[]) => outcomes.filter((outcome) => wanted.includes(outcome)).length;
    const failed = count("unexpected") + this.errorsOutsideTests;
    const skipped = count("skipped");
    const tail = skipped > 0 ? `, ${skipped} skipped` : "";
    process.stdout.write(`${count("expected", "flaky")} passed, ${failed} failed${tail}\n`);
  }
}
