import { expect, test } from "@playwright/test";
import { AlgorithmChoice } from "#lib/schemas/algorithmChoice";
import {
  algorithmOfClass,
  algorithms,
  builtInOf,
  type Candidate,
  createPicker,
  type PickContext,
  type Picker,
} from "#lib/traffic/algorithms";

const PICKS = 10_000;
/** Shares may be off by this much. */
const TOLERANCE = 0.02;

/** What an algorithm sees of an endpoint, changeable by the test. */
type Fake = { -readonly [K in keyof Candidate]: Candidate[K] };

function endpoints(...weights: number[]): Fake[] {
  return weights.map((weight, index) => ({
    id: `endpoint-${String.fromCharCode(97 + index)}`,
    index,
    weight,
    inFlight: 0,
    latencyMs: 0,
  }));
}

/** Chance that is the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A context whose caller the test sets. */
function context(seed = 1): PickContext & { clientIp: string; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  return { random: seeded(seed), clientIp: "192.0.2.1", headers, header: (name) => headers[name] ?? "" };
}

/** Share of each of `candidates` in many picks, every one for another caller. */
function shares(picker: Picker, candidates: readonly Fake[], picks = PICKS): Map<string, number> {
  const found = new Map(candidates.map((c) => [c.id, 0]));
  const from = context();
  for (let i = 0; i < picks; i++) {
    from.clientIp = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    const { id } = picker.pick(candidates, from);
    found.set(id, (found.get(id) ?? 0) + 1 / picks);
  }
  return found;
}

/** Positions of the picks, 1-based, as the spec writes its sequences. */
function sequence(picker: Picker, candidates: readonly Fake[], picks: number): number[] {
  const from = context();
  return Array.from({ length: picks }, () => picker.pick(candidates, from).index + 1);
}

function fresh(name: string, size: number): Picker {
  const picker = createPicker(AlgorithmChoice.parse({ name }), size);
  if (!picker) throw new Error(`${name} is not built in`);
  return picker;
}

/** As a user of `GATEWAY_ALGORITHMS_DIR` might write one: by weight, from the context's chance alone. */
const custom: Picker = {
  pick(candidates, { random }) {
    let point = random() * candidates.reduce((sum, c) => sum + c.weight, 0);
    for (const candidate of candidates) {
      point -= candidate.weight;
      if (point < 0) return candidate;
    }
    return candidates[0]!;
  },
};

const contract = [
  ...algorithms.map(({ label, name, usesWeights }) => ({
    label,
    usesWeights,
    create: (size: number) => fresh(name, size),
  })),
  { label: "a custom algorithm", usesWeights: true, create: () => custom },
];

for (const { label, usesWeights, create } of contract) {
  test.describe(label, () => {
    /** What each of `candidates` is due. */
    const due = (candidates: readonly Fake[]) => {
      const weightOf = (c: Fake) => (usesWeights ? c.weight : 1);
      const sum = candidates.reduce((total, c) => total + weightOf(c), 0);
      return new Map(candidates.map((c) => [c.id, weightOf(c) / sum]));
    };

    function expectDue(found: Map<string, number>, candidates: readonly Fake[], when: string) {
      for (const [id, share] of due(candidates)) {
        expect(Math.abs(found.get(id)! - share), `${id} ${when}: ${found.get(id)} of ${share}`).toBeLessThan(
          TOLERANCE,
        );
      }
    }

    test("always picks one of the candidates, whoever they are this time", () => {
      const all = endpoints(3, 1, 5, 2, 1);
      const picker = create(all.length);
      const chance = seeded(7);
      const from = context();
      const strangers: number[] = [];
      for (let i = 0; i < 2_000; i++) {
        for (const endpoint of all) {
          endpoint.inFlight = Math.floor(chance() * 4);
          endpoint.latencyMs = chance() < 0.3 ? 0 : chance() * 500;
        }
        const some = all.filter(() => chance() < 0.6);
        if (some.length === 0) continue;
        from.clientIp = `10.0.0.${i % 256}`;
        if (!some.includes(picker.pick(some, from) as Fake)) strangers.push(i);
      }
      expect(strangers).toEqual([]);
    });

    test("works with one candidate", () => {
      const all = endpoints(2, 3, 4);
      const picker = create(3);
      for (const only of [all[1]!, all[1]!, all[0]!, all[2]!]) {
        expect(picker.pick([only], context())).toBe(only);
      }
    });

    for (const weights of [
      [1, 1, 1],
      [5, 1, 1],
      [1, 9, 1],
      [2, 3, 5, 10],
      [7, 3],
      [100, 50, 25, 25],
    ]) {
      test(`divides the traffic as ${weights.join(":")} within 2 %`, () => {
        const all = endpoints(...weights);
        expectDue(shares(create(all.length), all), all, "with all in");
      });

      test(`keeps the proportions of ${weights.join(":")} when any one endpoint is out`, () => {
        const all = endpoints(...weights);
        const picker = create(all.length);
        // One after another on the same state, as in a gateway where one falls and comes back.
        for (const out of all) {
          shares(picker, all, 100);
          const left = all.filter((c) => c !== out);
          expectDue(shares(picker, left), left, `while ${out.id} is out`);
        }
        expectDue(shares(picker, all), all, "when all are back");
      });
    }

    test("lets fractional weights count, as slow start makes them", () => {
      const all = endpoints(0.3, 1, 1.7);
      expectDue(shares(create(3), all), all, "with fractions");
    });
  });
}

test("every algorithm tells people what it is", () => {
  expect(algorithms.map((a) => a.label)).toEqual([
    "Round Robin",
    "Weighted Round Robin",
    "Least Connections",
    "Fastest Response",
    "Random",
    "Hash",
  ]);
  for (const { hint, label } of algorithms) expect(hint, label).toMatch(/^[A-Z].+\.$/);
  expect(new Set(algorithms.map((a) => a.name)).size).toBe(algorithms.length);
});

test.describe("Round Robin", () => {
  test("goes 1,2,3,1,2,3", () => {
    expect(sequence(fresh("roundRobin", 3), endpoints(1, 1, 1), 6)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  test("goes 2,3,2,3 while 1 is out", () => {
    const all = endpoints(1, 1, 1);
    expect(sequence(fresh("roundRobin", 3), all.slice(1), 4)).toEqual([2, 3, 2, 3]);
  });

  test("never sends two requests in a row to one endpoint because another one left or came back", () => {
    const all = endpoints(1, 1, 1);
    const picker = fresh("roundRobin", 3);
    const two = (list: Fake[]) => sequence(picker, list, 2);
    expect([...two(all), ...two(all.slice(1)), ...two(all)]).toEqual([1, 2, 3, 2, 3, 1]);
  });

  test("pays no attention to weights", () => {
    expect(sequence(fresh("roundRobin", 2), endpoints(9, 1), 4)).toEqual([1, 2, 1, 2]);
  });
});

test.describe("Weighted Round Robin", () => {
  test("goes a a b a c a a for 5,1,1", () => {
    const names = sequence(fresh("weightedRoundRobin", 3), endpoints(5, 1, 1), 14).map((n) => " abc"[n]);
    expect(names.join(" ")).toBe("a a b a c a a a a b a c a a");
  });

  test("is a plain rotation when all weights are equal", () => {
    expect(sequence(fresh("weightedRoundRobin", 3), endpoints(4, 4, 4), 6)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  test("does not turn 1:9:1 into 2:9 when the first is out", () => {
    const [, b, c] = endpoints(1, 9, 1) as [Fake, Fake, Fake];
    const found = sequence(fresh("weightedRoundRobin", 3), [b, c], 20);
    expect(found.filter((n) => n === 3)).toHaveLength(2);
  });
});

test.describe("Least Connections", () => {
  test("picks the endpoint with the fewest requests in flight", () => {
    const all = endpoints(1, 1, 1);
    [all[0]!.inFlight, all[1]!.inFlight, all[2]!.inFlight] = [3, 1, 2];
    expect(sequence(fresh("leastConnections", 3), all, 3)).toEqual([2, 2, 2]);
  });

  test("counts them per weight", () => {
    const all = endpoints(4, 1);
    // 3 of 4 against 1 of 1.
    [all[0]!.inFlight, all[1]!.inFlight] = [3, 1];
    expect(sequence(fresh("leastConnections", 2), all, 1)).toEqual([1]);
    [all[0]!.inFlight, all[1]!.inFlight] = [5, 1];
    expect(sequence(fresh("leastConnections", 2), all, 1)).toEqual([2]);
  });

  test("takes ties in rotation", () => {
    const all = endpoints(1, 1, 1);
    expect(sequence(fresh("leastConnections", 3), all, 6)).toEqual([1, 2, 3, 1, 2, 3]);
    all[1]!.inFlight = 1;
    expect(new Set(sequence(fresh("leastConnections", 3), all, 6))).toEqual(new Set([1, 3]));
  });

  test("levels out what is in flight, in proportion to the weights", () => {
    const all = endpoints(3, 1);
    const picker = fresh("leastConnections", 2);
    for (let i = 0; i < 40; i++) (picker.pick(all, context()) as Fake).inFlight++;
    expect(all.map((c) => c.inFlight)).toEqual([30, 10]);
  });
});

test.describe("Fastest Response", () => {
  test("prefers the endpoint that answers sooner", () => {
    const all = endpoints(1, 1);
    [all[0]!.latencyMs, all[1]!.latencyMs] = [200, 20];
    const found = shares(fresh("fastestResponse", 2), all);
    // Two draws of two: the slow one is taken only when both are it.
    expect(found.get(all[1]!.id)!).toBeGreaterThan(0.7);
    expect(found.get(all[0]!.id)!).toBeGreaterThan(0.2);
  });

  test("weighs latency against what is in flight already", () => {
    const all = endpoints(1, 1);
    [all[0]!.latencyMs, all[1]!.latencyMs] = [200, 20];
    all[1]!.inFlight = 30;
    expect(shares(fresh("fastestResponse", 2), all).get(all[0]!.id)!).toBeGreaterThan(0.7);
  });

  test("does not flood an endpoint that nothing is known of yet", () => {
    const all = endpoints(1, 1);
    all[0]!.latencyMs = 50;
    all[1]!.inFlight = 1;
    expect(shares(fresh("fastestResponse", 2), all).get(all[0]!.id)!).toBeGreaterThan(0.7);
  });
});

test.describe("Hash", () => {
  const byHeader = AlgorithmChoice.parse({
    name: "hash",
    settings: { hash: { source: "header", header: "X-Tenant" } },
  });

  test("sends one client address to one endpoint every time", () => {
    const all = endpoints(1, 1, 1);
    const from = context();
    const picker = fresh("hash", 3);
    for (const ip of ["192.0.2.1", "192.0.2.2", "2001:db8::1"]) {
      from.clientIp = ip;
      const first = picker.pick(all, from);
      for (let i = 0; i < 20; i++) expect(picker.pick(all, from)).toBe(first);
      // Nor does it depend on state: another gateway decides the same.
      expect(fresh("hash", 3).pick(all, from)).toBe(first);
    }
  });

  test("moves only the keys of a lost endpoint, and spreads those over all others", () => {
    const all = endpoints(2, 1, 3, 1);
    const picker = fresh("hash", 4);
    const from = context();
    const placed = (list: readonly Fake[]) =>
      Array.from({ length: 5_000 }, (_, i) => {
        from.clientIp = `10.1.${i >> 8}.${i & 255}`;
        return picker.pick(list, from).id;
      });
    const before = placed(all);
    for (const lost of all) {
      const after = placed(all.filter((c) => c !== lost));
      const wronglyMoved = before.filter((id, i) => id !== lost.id && after[i] !== id);
      expect(wronglyMoved).toEqual([]);
      expect(new Set(after.filter((_, i) => before[i] === lost.id)).size).toBe(3);
    }
  });

  test("goes by a header's value when told to, whatever the address", () => {
    const all = endpoints(1, 1, 1);
    const picker = createPicker(byHeader, 3)!;
    const from = context();
    from.headers["x-tenant"] = "acme";
    const chosen = new Set(
      Array.from({ length: 50 }, (_, i) => {
        from.clientIp = `10.0.0.${i}`;
        return picker.pick(all, from).id;
      }),
    );
    expect(chosen.size).toBe(1);
  });

  test("spreads callers without the header by their address", () => {
    const all = endpoints(1, 1, 1);
    const found = shares(createPicker(byHeader, 3)!, all);
    for (const share of found.values()) expect(Math.abs(share - 1 / 3)).toBeLessThan(TOLERANCE);
  });
});

test.describe("class names", () => {
  const synapse = "org.apache.synapse.endpoints.algorithms";
  for (const [className, label] of [
    [`${synapse}.RoundRobin`, "Round Robin"],
    [`${synapse}.WeightedRoundRobin`, "Weighted Round Robin"],
    [`${synapse}.WeightedRRLCAlgorithm`, "Least Connections"],
  ] as const) {
    test(`${className} means ${label}`, () => {
      expect(algorithmOfClass(className)?.label).toBe(label);
      expect(algorithmOfClass(`  ${className} `)?.label).toBe(label);
      expect(builtInOf(AlgorithmChoice.parse({ name: "other", className }))?.label).toBe(label);
    });
  }

  test("any other name is that of a custom algorithm", () => {
    for (const className of ["", "RoundRobin", "com.example.Sticky", `${synapse}.Nope`]) {
      expect(algorithmOfClass(className)).toBeUndefined();
      expect(createPicker(AlgorithmChoice.parse({ name: "other", className }), 2)).toBeUndefined();
    }
  });

  test("a class name counts only while Other is chosen", () => {
    const choice = AlgorithmChoice.parse({ name: "random", className: `${synapse}.RoundRobin` });
    expect(builtInOf(choice)?.label).toBe("Random");
  });
});

test("settings of an algorithm are kept while another one is chosen", () => {
  const settings = { hash: { source: "header", header: "X-Tenant" } };
  expect(AlgorithmChoice.parse({ name: "random", settings }).settings).toEqual(settings);
});
