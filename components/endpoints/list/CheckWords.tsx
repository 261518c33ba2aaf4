"use client";
import Box from "@mui/material/Box";
import { endpointLabel } from "#lib/model/url";
import type { CheckResult } from "#lib/status";
import { FailureWords } from "../../shared/FailureWords";
import { StateMark, type Tone } from "../../shared/StateMark";
import { visuallyHidden } from "../../shared/visuallyHidden";
import { type Check, wasChecked } from "./useChecks";

const tones: Record<"up" | "answers" | "down", Tone> = { up: "good", answers: "warn", down: "bad" };

const wordsOf = (result: CheckResult) =>
  wasChecked(result) ? `Your check: ${result.message}` : result.message;

export function CheckWords({ check, url }: { check: Check | undefined; url: string }) {
  const current = check && check.url === url.trim() ? check : undefined;
  return (
    <Box component="span" role="status" sx={{ display: "inline-flex" }}>
      {current && (
        <StateMark tone={current.result ? tones[current.result.state] : "none"}>
          {/* Several may be checked at once. */}
          <Box component="span" sx={visuallyHidden}>
            {endpointLabel(url)}:{" "}
          </Box>
          {/* What the gateway knows may stand above it, and be "Not checked". */}
          {current.result ? <FailureWords>{wordsOf(current.result)}</FailureWords> : "Checking…"}
        </StateMark>
      )}
    </Box>
  );
}
