import { useEffect, useState } from "react";

/** What keeps Sluice from showing a page, in its own words; null until it is known, or when it does not know either. */
export function useTrouble(): string | null {
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    const asking = new AbortController();
    const ask = async () => {
      const answer = await fetch("/readyz", { signal: asking.signal, cache: "no-store" });
      if (answer.ok) return;
      const { message } = (await answer.json()) as { message?: unknown };
      if (typeof message === "string") setTrouble(message);
    };
    // Whoever cannot be asked says nothing: the page has its own sentence.
    ask().catch(() => {});
    return () => asking.abort();
  }, []);
  return trouble;
}
