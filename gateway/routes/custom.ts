import { readdir } from "node:fs/promises";
import { join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import type { EndpointGroup } from "#lib/edit/endpoints";
import {
  builtInOf,
  type Candidate,
  findAlgorithm,
  type PickContext,
  type Picker,
} from "#lib/traffic/algorithms";

/** What a custom algorithm's file exports by default. */
interface CustomAlgorithm {
  pick(candidates: readonly Candidate[], context: PickContext): unknown;
}

/**
 * Algorithms from `GATEWAY_ALGORITHMS_DIR`: one ES module each, the file name is the class name, the default
 * export `{ pick(candidates, context) }` (docs/rules/gateway.md section 3). Loaded once, at start.
 */
export class CustomAlgorithms {
  private readonly byName = new Map<string, CustomAlgorithm>();
  /** Picks that fell back to round robin, by class name, with the last reason. */
  private readonly faulty = new Map<string, { count: number; reason: string; loggedAt: number }>();

  /** Loads the folder; "" loads nothing. A file that cannot be used is reported and skipped. */
  static async load(directory: string): Promise<CustomAlgorithms> {
    const custom = new CustomAlgorithms();
    if (directory === "") return custom;
    const entries = await readdir(directory).catch((error: Error) => {
      throw new Error(`GATEWAY_ALGORITHMS_DIR cannot be read: ${error.message}`);
    });
    const files = entries.filter((file) => /\.(mjs|js)$/.test(file)).sort();
    for (const file of files) {
      try {
        const module = await import(pathToFileURL(join(directory, file)).href);
        if (typeof module.default?.pick !== "function")
          throw new Error("it has no default export with pick()");
        custom.byName.set(parse(file).name, module.default);
      } catch (error) {
        console.error(`Custom algorithm ${file} is not used: ${(error as Error).message}`);
      }
    }
    return custom;
  }

  get names(): string[] {
    return [...this.byName.keys()];
  }

  /** Which of them failed since the start, how often, and why the last time. */
  get faults(): { className: string; count: number; reason: string }[] {
    return [...this.faulty].map(([className, { count, reason }]) => ({ className, count, reason }));
  }

  /** Why a group's algorithm cannot run here; empty when it can. */
  problems(group: EndpointGroup): string[] {
    if (!group.enabled || group.routing !== "loadBalanced" || builtInOf(group.algorithm)) return [];
    const className = group.algorithm.className.trim();
    if (this.byName.has(className)) return [];
    const available = this.names.length > 0 ? `Installed: ${this.names.join(", ")}.` : "None is installed.";
    return [`The gateway has no algorithm named ${className}. ${available}`];
  }

  /** The picker for a class name; one that throws or returns no candidate gets round robin for that request. */
  picker(className: string): Picker | undefined {
    const name = className.trim();
    const algorithm = this.byName.get(name);
    if (!algorithm) return undefined;
    const roundRobin = findAlgorithm("roundRobin")!.create(0, undefined);
    return {
      pick: <C extends Candidate>(candidates: readonly C[], context: PickContext): C => {
        try {
          // A list of its own: it may sort or shorten it, which must not reach the group's.
          const chosen = algorithm.pick(candidates.slice(), context);
          if (candidates.includes(chosen as C)) return chosen as C;
          // A pick has to be synchronous; what an asynchronous one throws would end the process.
          if (chosen instanceof Promise) chosen.catch(() => {});
          this.report(name, "it returned something that is not a candidate");
        } catch (error) {
          this.report(name, error instanceof Error ? error.message : String(error));
        }
        return roundRobin.pick(candidates, context);
      },
    };
  }

  /** Counts every fault, logs one a second at most: reasons may differ from request to request. */
  private report(className: string, reason: string): void {
    const before = this.faulty.get(className);
    const now = performance.now();
    const log = before === undefined || now - before.loggedAt >= 1_000;
    if (log) console.error(`Custom algorithm ${className} failed, round robin was used instead: ${reason}`);
    const loggedAt = log ? now : before.loggedAt;
    this.faulty.set(className, { count: (before?.count ?? 0) + 1, reason, loggedAt });
  }
}
