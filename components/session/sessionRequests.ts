import type { Credentials } from "#lib/access/users";
import { type Failed, noAnswerWords } from "../shared/actionResults";

/** Signs this browser in. */
export async function signIn(given: Credentials): Promise<{ ok: true } | Failed> {
  try {
    const response = await fetch("/session/browser", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(given),
    });
    const answer: { ok: boolean; message?: string } = await response.json();
    if (answer.ok) return { ok: true };
    return { ok: false, kind: "failed", message: answer.message ?? noAnswerWords() };
  } catch {
    return { ok: false, kind: "failed", message: noAnswerWords() };
  }
}

/** Ends this browser's session. */
export async function signOut(): Promise<{ ok: true } | Failed> {
  try {
    const response = await fetch("/session", { method: "DELETE" });
    if (response.ok) return { ok: true };
    const { message }: { message?: string } = await response.json();
    return { ok: false, kind: "failed", message: message ?? noAnswerWords() };
  } catch {
    return { ok: false, kind: "failed", message: noAnswerWords() };
  }
}

/**
 * Loads a whole page, so that nothing of what the last user saw stays. It never comes back: whoever waits for it shows
 * that something is on its way until the next page is there.
 */
export function loadPage(path: string): Promise<never> {
  window.location.assign(path);
  return new Promise(() => {});
}
