"use client";
import { endpointLabel } from "#lib/url";
import { Section } from "../editor/Section";
import { ShareBar } from "../endpoints/ShareBar";
import type { Answer } from "./types";

/** Which endpoints answered a row of requests. */
export function Spread({ answers, failures }: { answers: readonly Answer[]; failures: number }) {
  const counts = new Map<string, number>();
  for (const { trace } of answers) {
    const by = trace?.attempts.findLast((a) => a.answered);
    const name = by ? endpointLabel(by.url) : "the gateway itself";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const total = answers.length + failures;
  const names = [...counts.keys()].sort();
  return (
    <Section title={`${answers.length} of ${total} requests were answered`}>
      <ShareBar
        title="Answered by"
        slices={names.map((name, place) => {
          const count = counts.get(name) ?? 0;
          return { id: name, place, name, value: String(count), share: count / Math.max(1, answers.length) };
        })}
      />
    </Section>
  );
}
