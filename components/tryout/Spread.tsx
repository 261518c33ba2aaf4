"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
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
  const again = answers.filter(({ trace }) => (trace?.attempts.length ?? 0) > 1).length;
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
      <Box component="details" sx={{ typography: "body2" }}>
        <summary>Each request</summary>
        <Box component="ol" aria-label="Each request" sx={{ m: 0, pl: 3.5 }}>
          {answers.map(({ status, trace, ms }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
            <li key={i}>
              {status} after {ms} ms{trace && trace.attempts.length > 0 && ": "}
              {trace?.attempts.map(({ url, words }) => `${endpointLabel(url)} ${words}`).join(", then ")}
            </li>
          ))}
        </Box>
      </Box>
      {again > 0 && (
        <Typography variant="body2">
          {again} of them {again === 1 ? "was" : "were"} tried at more than one endpoint.
        </Typography>
      )}
    </Section>
  );
}
