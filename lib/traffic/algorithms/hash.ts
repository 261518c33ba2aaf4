import { type Candidate, defineAlgorithm, type PickContext, type SettingKinds } from "./algorithm";

interface Settings {
  source: "clientIp" | "header";
  /** Used with source "header"; kept otherwise. */
  header: string;
}

const defaults: Settings = { source: "clientIp", header: "" };

const settings = (zod: SettingKinds) =>
  zod.object({
    source: zod.enum(["clientIp", "header"]).default(defaults.source),
    header: zod
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]*$/, "A header name has letters, digits and hyphens only.")
      .default(defaults.header),
  });

/** Weighted rendezvous hashing: only the keys of a lost endpoint move (docs/rules/gateway.md section 3). */
export const hash = defineAlgorithm<Settings>({
  name: "hash",
  label: "Hash",
  hint: "Sends the same client address or header value to the same endpoint.",
  usesWeights: true,
  settings,
  defaults,
  create(_size, { source, header }) {
    const name = header.toLowerCase();
    return {
      pick<C extends Candidate>(candidates: readonly C[], context: PickContext): C {
        // A caller without the header is spread by its address rather than piled onto one endpoint.
        const key = (source === "header" && context.header(name)) || context.clientIp;
        let best = candidates[0]!;
        let bestScore = Number.NEGATIVE_INFINITY;
        for (const candidate of candidates) {
          const score = -candidate.weight / Math.log(unit(candidate.id, key));
          if (score > bestScore) {
            best = candidate;
            bestScore = score;
          }
        }
        return best;
      },
    };
  },
});

/** A number in (0, 1) from endpoint and key: FNV-1a, then murmur's finalizer because FNV alone is uneven in its high bits. */
function unit(id: string, key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ 0xff, 0x01000193);
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (((h ^ (h >>> 16)) >>> 0) + 0.5) / 4294967296;
}
