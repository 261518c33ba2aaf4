"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { EndpointGroup } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import { Section } from "../editor/Section";
import { ShareBar } from "../endpoints/preview/ShareBar";
import type { Answer } from "./sending";

interface Props {
  answers: readonly Answer[];
  failures: number;
  /** That the requests were for; their order gives the colours. */
  group: EndpointGroup;
}

/** Which endpoints answered a row of requests. */
export function Spread({ answers, failures, group }: Props) {
  const counts = new Map<string, number>();
  for (const { trace } of answers) {
    const by = trace?.attempts.findLast((a) => a.answered);
    const name = by ? endpointLabel(by.url) : "the gateway itself";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const again = answers.filter(({ trace }) => (trace?.attempts.length ?? 0) > 1).length;
  const total = answers.length + failures;
  const listed = group.endpoints.map(({ url }) => endpointLabel(url));
  const others = [...counts.keys()].filter((name) => !listed.includes(name)).sort();
  const places = [...listed, ...others];
  return (
    <Section title={`${answers.length} of ${total} requests were answered`}>
      <ShareBar
        title="Answered by"
        slices={places.flatMap((name, place) => {
          const count = counts.get(name);
          // A URL that is listed twice is one here.
          if (count === undefined || places.indexOf(name) < place) return [];
          return { id: name, place, name, value: String(count), share: count / answers.length };
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
