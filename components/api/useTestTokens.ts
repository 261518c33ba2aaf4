"use client";
import { useCallback, useEffect, useState } from "react";
import type { KeyType } from "#lib/endpoints";
import { useAccess } from "../shared/Access";
import { answerOf, failureText, type IssueTestTokens, type TestToken } from "../shared/results";
import type { Invocation } from "./invocation";

/** One that ends sooner is not offered any more. */
const MIN_LEFT_MS = 5 * 60_000;

// Outlives the pages, so that going back and forth does not make tokens; a reload does.
const known = new Map<string, TestToken>();

/** A fresh token per key type of this API, made when the page is first looked at. */
export function useTestTokens(id: string, line: Invocation | null, onIssue: IssueTestTokens) {
  const { me } = useAccess();
  const prefix = JSON.stringify([me?.username, id, line?.tokenKey]);
  const wanted = line?.keyTypes.join() ?? "";
  const [tokens, setTokens] = useState<Partial<Record<KeyType, TestToken>>>({});
  const [failure, setFailure] = useState("");
  const [pending, setPending] = useState<KeyType[]>([]);

  const issue = useCallback(
    async (keyTypes: KeyType[]) => {
      setPending(keyTypes);
      setFailure("");
      const result = await answerOf(onIssue(id, keyTypes));
      setPending([]);
      if (!result.ok) return setFailure(failureText(result));
      for (const token of result.tokens) known.set(prefix + token.keyType, token);
      setTokens((old) => ({ ...old, ...byKeyType(result.tokens) }));
    },
    [id, onIssue, prefix],
  );

  useEffect(() => {
    const keyTypes = wanted.split(",").filter((k) => k !== "") as KeyType[];
    const kept = keyTypes.flatMap((k) => {
      const token = known.get(prefix + k);
      return token && new Date(token.expiresAt).getTime() - Date.now() > MIN_LEFT_MS ? [token] : [];
    });
    setTokens(byKeyType(kept));
    const missing = keyTypes.filter((k) => kept.every((token) => token.keyType !== k));
    if (missing.length > 0) void issue(missing);
  }, [wanted, prefix, issue]);

  return { tokens, failure, pending, issue };
}

function byKeyType(tokens: TestToken[]): Partial<Record<KeyType, TestToken>> {
  return Object.fromEntries(tokens.map((token) => [token.keyType, token]));
}
