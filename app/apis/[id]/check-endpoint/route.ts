import { parseEndpointUrl } from "#lib/model/url";
import { CheckRequest, type CheckResult } from "#lib/status";
import { answering } from "../../../_server/answering";
import { tooManyChecks } from "../../../_server/checkLimit";
import { checkEndpoint } from "../../../_server/gatewayClient";
import { refusal, requireRoute } from "../../../_server/guard";
import { readJson } from "../../../_server/readJson";

const ASKED = { maxBytes: 10_000, words: "Send {url}." };

/** Runs beside saving, which server actions would wait for: they go one at a time. */
export const POST = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.edit");
  if (!access.ok) return access.response;
  const refused = await tooManyChecks(access.user.userId);
  if (refused) return refused;
  const read = await readJson(request, CheckRequest, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const url = parseEndpointUrl(read.body.url);
  if (!url.ok) return answer({ state: "down", message: url.message });
  return answer((await checkEndpoint({ ...read.body, url: read.body.url.trim() })) ?? unreachable);
});

const unreachable: CheckResult = {
  state: "answers",
  message: "Not checked: the gateway, which runs the checks, does not answer.",
};

const answer = (result: CheckResult) => Response.json(result, { headers: { "cache-control": "no-store" } });
