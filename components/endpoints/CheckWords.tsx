"use client";
import Box from "@mui/material/Box";
import { StateMark, type Tone } from "../shared/StateMark";
import type { Check } from "./useChecks";

const tones: Record<"up" | "answers" | "down", Tone> = { up: "good", answers: "warn", down: "bad" };

export function CheckWords({ check, url }: { check: Check | undefined; url: string }) {
  const current = check && check.url === url.trim() ? check : undefined;
  return (
    <Box component="span" role="status" sx={{ display: "inline-flex" }}>
      {current && (
        <StateMark tone={current.result ? tones[current.result.state] : "none"}>
          {current.result?.message ?? "Checking…"}
        </StateMark>
      )}
    </Box>
  );
}
