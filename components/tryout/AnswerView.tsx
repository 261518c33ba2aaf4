"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { endpointLabel } from "#lib/model/url";
import { Section } from "../editor/Section";
import { StateMark } from "../shared/StateMark";
import type { Answer } from "./sending";

/** Who answered, in words. */
export function answererOf({ trace }: Answer): string {
  const by = trace?.attempts.findLast((a) => a.answered);
  return by ? `${endpointLabel(by.url)} answered` : "The gateway answered itself";
}

/** What came back, who answered, and what was tried before. */
export function AnswerView({ answer }: { answer: Answer }) {
  const { status, statusText, ms, trace, gateway, headers, body, size } = answer;
  const attempts = trace?.attempts ?? [];
  return (
    <Section title={`${status} ${statusText}`.trim()}>
      <Typography variant="body2">
        {answererOf(answer)}
        {gateway && ` by gateway ${gateway}`}, {ms} ms in all.
      </Typography>
      {attempts.length > 0 && (
        <Box component="ol" aria-label="Attempts" sx={{ m: 0, pl: 2.5, typography: "body2" }}>
          {attempts.map(({ url, words, answered, ms: took }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
            <li key={i}>
              <StateMark tone={answered ? "good" : "bad"}>
                {endpointLabel(url)}: {words}, {took} ms
              </StateMark>
            </li>
          ))}
        </Box>
      )}
      <Box component="details" sx={{ typography: "body2" }}>
        <summary>Headers ({headers.length})</summary>
        <Box
          component="ul"
          aria-label="Headers of the answer"
          sx={{ m: 0, pl: 2.25, overflowWrap: "anywhere" }}
        >
          {headers.map(([name, value], i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
            <li key={i}>
              {name}: {value}
            </li>
          ))}
        </Box>
      </Box>
      <Box component="pre" tabIndex={0} role="group" aria-label="Body of the answer" sx={pre}>
        {body === "" ? "(no body)" : pretty(body)}
      </Box>
      {size > body.length && (
        <Typography variant="caption" color="textSecondary">
          {size} bytes in all; the beginning is shown.
        </Typography>
      )}
    </Section>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const pre = {
  m: 0,
  p: 1.5,
  maxHeight: 360,
  overflow: "auto",
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
  bgcolor: "background.default",
  fontSize: "0.8125rem",
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
};
