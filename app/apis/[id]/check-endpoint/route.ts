import { CheckRequest, type CheckResult } from "#lib/status";
import { parseEndpointUrl } from "#lib/url";
import { checkEndpoint } from "../../../gateway";

const MAX_BODY = 10_000;

/** Runs beside saving, which server actions would wait for: they go one at a time. */
export async function POST(request: Request) {
  if (!fromOurPages(request)) return Response.json({ message: "Refused." }, { status: 403 });
  const text = await request.text();
  const body = text.length > MAX_BODY ? null : CheckRequest.safeParse(json(text));
  if (!body?.success) return Response.json({ message: "Send {url}." }, { status: 400 });
  const url = parseEndpointUrl(body.data.url);
  if (!url.ok) return answer({ state: "down", message: url.message });
  return answer((await checkEndpoint(body.data.url.trim())) ?? unreachable);
}

const unreachable: CheckResult = {
  state: "answers",
  message: "Not checked: the gateway, which runs the checks, does not answer.",
};

const answer = (result: CheckResult) => Response.json(result, { headers: { "cache-control": "no-store" } });

/** Other sites must not make the gateway send requests: they cannot send JSON here without asking first. */
function fromOurPages(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  const type = request.headers.get("content-type") ?? "";
  return type.startsWith("application/json") && (site === null || site === "same-origin");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
