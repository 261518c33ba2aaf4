import { parseEndpointUrl } from "#lib/model/url";
import { CheckRequest, type CheckResult } from "#lib/status";
import { answering } from "../../../_server/answering";
import { tooManyChecks } from "../../../_server/checkLimit";
import { checkEndpoint, NO_GATEWAY } from "../../../_server/gatewayClient";
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
  const checked = await checkEndpoint({ ...read.body, url: read.body.url.trim() });
  return answer(checked ?? { state: "answers", message: NO_GATEWAY });
});

const answer = (result: CheckResult) => Response.json(result, { headers: { "cache-control": "no-store" } });
