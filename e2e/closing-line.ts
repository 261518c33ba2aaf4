import type { FullConfig, Reporter, Suite } from "@playwright/test/reporter";

/** Prints how long it took and, as the very last line, `N passed, N failed`: CI reads the counts from that. */
export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;
  private errorsOutsideTests = 0;
  private began = 0;
  private workers = 0;

  onBegin({ workers }: FullConfig, suite: Suite): void {
    this.suite = suite;
    this.workers = workers;
    this.began = performance.now();
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
    const seconds = Math.round((performance.now() - this.began) / 1000);
    process.stdout.write(
      `Took ${Math.floor(seconds / 60)} min ${seconds % 60} s with ${this.workers} workers.\n`,
    );
    process.stdout.write(`${count("expected", "flaky")} passed, ${failed} failed${tail}\n`);
  }
}
