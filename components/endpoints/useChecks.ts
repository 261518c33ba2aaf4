"use client";
import { useCallback, useState } from "react";
import { CheckResult } from "#lib/status";

export type Check = { url: string; result: CheckResult | null };

const unanswered: CheckResult = { state: "answers", message: "Not checked: Sluice does not answer." };

/** Results of Check endpoint status by endpoint id; they hold for the URL they were made with. */
export function useChecks(apiId: string) {
  const [checks, setChecks] = useState<Record<string, Check>>({});
  const check = useCallback(
    async (id: string, url: string) => {
      setChecks((all) => ({ ...all, [id]: { url, result: null } }));
      const result = await ask(apiId, url);
      setChecks((all) => (all[id]?.url === url ? { ...all, [id]: { url, result } } : all));
      return result;
    },
    [apiId],
  );
  return { checks, check };
}

export type Checks = ReturnType<typeof useChecks>;

async function ask(apiId: string, url: string): Promise<CheckResult> {
  try {
    const response = await fetch(`/apis/${apiId}/check-endpoint`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url }),
    });
    const parsed = CheckResult.safeParse(await response.json());
    return parsed.success ? parsed.data : unanswered;
  } catch {
    return unanswered;
  }
}
