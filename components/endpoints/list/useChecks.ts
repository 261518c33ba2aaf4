"use client";
import { useCallback, useState } from "react";
import type { Endpoint } from "#lib/edit/endpoints";
import type { CheckRequest, CheckResult } from "#lib/status";
import { postOwn } from "../../shared/postOwn";

export type Check = { url: string; result: CheckResult | null };

/** A check that was refused says "Not checked" itself. */
export const wasChecked = ({ message }: CheckResult) => !message.startsWith("Not checked");

/** Results of Check endpoint status by endpoint id; they hold for the URL they were made with. */
export function useChecks(apiId: string) {
  const [checks, setChecks] = useState<Record<string, Check>>({});
  const check = useCallback(
    async ({ id, url: text, settings }: Endpoint) => {
      const url = text.trim();
      const { verifyTls, http2 } = settings;
      setChecks((all) => ({ ...all, [id]: { url, result: null } }));
      const result = await ask(apiId, { url, verifyTls, http2 });
      setChecks((all) => (all[id]?.url === url ? { ...all, [id]: { url, result } } : all));
      return result;
    },
    [apiId],
  );
  return { checks, check };
}

export type Checks = ReturnType<typeof useChecks>;

async function ask(apiId: string, request: CheckRequest): Promise<CheckResult> {
  const result = await postOwn<CheckResult>(`/apis/${apiId}/check-endpoint`, request);
  if (result.ok) return result.answer;
  const { message } = result;
  const refused = { state: "answers", message } as const;
  return wasChecked(refused) ? { ...refused, message: `Not checked. ${message}` } : refused;
}
