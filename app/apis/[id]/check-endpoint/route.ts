import { parseEndpointUrl } from "#lib/model/url";
import { CheckRequest, type CheckResult } from "#lib/status";
import { tooManyChecks } from "../../../_server/checkLimit";
import { checkEndpoint } from "../../../_server/gatewayClient";
import { requireRoute } from "../../../_server/guard";

const MAX_BODY = 10_000;

/** Runs beside saving, which server actions would wait for: they go one at a time. */
export async function POST(request: Request) {
  const access = await requireRoute(request, "api.edit");
  if (!access.ok) return access.response;
  const refused = await tooManyChecks(access.user.userId);
  if (refused) return refused;
  const text = await request.text();
  const body = text.length > MAX_BODY ? null : CheckRequest.safeParse(json(text));
  if (!body?.success) return Response.json({ message: "Send {url}." }, { status: 400 });
  const url = parseEndpointUrl(body.data.url);
  if (!url.ok) return answer({ state: "down", message: url.message });
  return answer((await checkEndpoint({ ...body.data, url: body.data.url.trim() })) ?? unreachable);
}

const unreachable: CheckResult = {
  state: "answers",
  message: "Not checked: the gateway, which runs the checks, does not answer.",
};

const answer = (result: CheckResult) => Response.json(result, { headers: { "cache-control": "no-store" } });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
