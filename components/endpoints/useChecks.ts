"use client";
import { useCallback, useState } from "react";
import type { Endpoint } from "#lib/endpoints";
import type { CheckRequest, CheckResult } from "#lib/status";
import { untold } from "../api/report";
import { isOffline } from "../shared/results";
import { tellSession } from "../shared/session";

export type Check = { url: string; result: CheckResult | null };

const unchecked = (why: string): CheckResult => ({ state: "answers", message: `Not checked: ${why}.` });

/** A check that was refused says "Not checked" itself. */
export const wasChecked = ({ message }: CheckResult) => !message.startsWith("Not checked");

/** Results of Check endpoint status by endpoint id; they hold for the URL they were made with. */
export function useChecks(apiId: string) {
  const [checks, setChecks] = useState<Record<string, Check>>({});
  const check = useCallback(
    async ({ id, url: text, settings }: Endpoint) => {
      const url = text.trim();
      setChecks((all) => ({ ...all, [id]: { url, result: null } }));
      const result = await ask(apiId, { url, verifyTls: settings.verifyTls });
      setChecks((all) => (all[id]?.url === url ? { ...all, [id]: { url, result } } : all));
      return result;
    },
    [apiId],
  );
  return { checks, check };
}

export type Checks = ReturnType<typeof useChecks>;

async function ask(apiId: string, request: CheckRequest): Promise<CheckResult> {
  try {
    const response = await fetch(`/apis/${apiId}/check-endpoint`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    if (response.status === 401) {
      tellSession(true);
      return unchecked(untold("signedOut"));
    }
    const answer = await response.json();
    if (response.ok) return answer;
    // Refused: not allowed, too many checks.
    return typeof answer.message === "string"
      ? { state: "answers", message: answer.message }
      : unchecked(untold("silent"));
  } catch {
    return unchecked(untold(isOffline() ? "offline" : "silent"));
  }
}
