import { signedOutWords } from "#lib/access/roles";
import { type Failed, noAnswerWords } from "./actionResults";
import { tellSession } from "./sessionEnd";
import { hearVersion } from "./versionNews";

/** Sends JSON to one of our own routes, beside saving: server actions go one at a time. Why not, as actions tell it. */
export async function postOwn<T>(path: string, body: unknown): Promise<{ ok: true; answer: T } | Failed> {
  const failed = (message: string): Failed => ({ ok: false, kind: "failed", message });
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    hearVersion(response);
    if (response.status === 401) {
      tellSession(true);
      return failed(signedOutWords);
    }
    const answer = await response.json();
    if (response.ok) return { ok: true, answer };
    return failed(typeof answer.message === "string" ? answer.message : noAnswerWords());
  } catch {
    return failed(noAnswerWords());
  }
}
