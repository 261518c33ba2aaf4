import type * as z from "zod";

/** What a gateway's admin interface is asked. */
export interface Question<T> {
  path: string;
  schema: z.ZodType<T>;
  timeoutMs: number;
  /** Of a POST, as JSON. */
  body?: unknown;
}

/** Where it is, and how one is let in. */
export interface AdminPlace {
  url: string;
  /** Value of `Authorization` for a request; undefined where none is needed. */
  authorization(method: string, path: string, body: string): string | undefined;
}

/** The answer, or why there is none, as what follows a name: "does not answer at ...". */
export type Reply<T> = { ok: true; value: T } | { ok: false; why: string };

export async function askGateway<T>(
  { url, authorization }: AdminPlace,
  { path, schema, timeoutMs, body }: Question<T>,
): Promise<Reply<T>> {
  try {
    const method = body === undefined ? "GET" : "POST";
    const text = body === undefined ? "" : JSON.stringify(body);
    const proof = authorization(method, path, text);
    const headers = {
      ...(proof && { authorization: proof }),
      ...(text && { "content-type": "application/json" }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url + path, {
      ...{ method, headers, signal, cache: "no-store", redirect: "error" },
      ...(text && { body: text }),
    });
    if (response.status === 401) return { ok: false, why: NOT_LET_IN };
    if (!response.ok) return { ok: false, why: `answers ${response.status} at ${url}` };
    const parsed = schema.safeParse(await response.json());
    if (parsed.success) return { ok: true, value: parsed.data };
    console.error(`The gateway's ${path} answered in an unknown form.`, parsed.error);
    return { ok: false, why: `answers in an unknown form at ${url}` };
  } catch {
    return { ok: false, why: `does not answer at ${url}` };
  }
}

const NOT_LET_IN =
  "does not let the publisher in: they have different secrets, or their clocks are more than a minute apart";
