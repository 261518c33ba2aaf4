"use client";
import { useEffect, useState } from "react";
import { type KeyType, keyTypes } from "#lib/edit/endpoints";
import { useAccess } from "../shared/Access";
import { answerOf, failureText, type IssueTestToken, type TestToken } from "../shared/actionResults";

/** One that ends sooner is not offered any more. */
const MIN_LEFT_MS = 5 * 60_000;

// Outlives the pages, so that going back and forth does not lose what somebody has got; a reload does.
const known = new Map<string, TestToken>();

/** The tokens of this API that somebody has asked for. `tokenKey`: what they hold; with other words, others are needed. */
export function useTestTokens(id: string, tokenKey: string, onIssue: IssueTestToken) {
  const { me } = useAccess();
  const prefix = JSON.stringify([me?.username, id, tokenKey]);
  const [tokens, setTokens] = useState<Partial<Record<KeyType, TestToken>>>({});
  const [failure, setFailure] = useState("");
  const [pending, setPending] = useState<KeyType | null>(null);

  useEffect(() => {
    const kept = keyTypes.flatMap((k) => {
      const token = known.get(prefix + k);
      return token && new Date(token.expiresAt).getTime() - Date.now() > MIN_LEFT_MS ? [[k, token]] : [];
    });
    setTokens(Object.fromEntries(kept));
  }, [prefix]);

  const issue = async (keyType: KeyType) => {
    setPending(keyType);
    setFailure("");
    const result = await answerOf(onIssue(id, keyType));
    setPending(null);
    if (!result.ok) return setFailure(failureText(result));
    known.set(prefix + keyType, result.token);
    setTokens((old) => ({ ...old, [keyType]: result.token }));
  };

  return { tokens, failure, pending, issue };
}
