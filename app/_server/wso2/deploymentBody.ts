import { z } from "zod";
import { parseJson, readBody, tooLargeWords } from "#lib/node/body";
import { ENVIRONMENT, isOurs, isOwnVhost, ownVhost } from "./gatewayEnvironment";
import { refusal } from "./publisherAnswers";

/** Largest body, bytes. */
const MAX_BODY = 16 * 1024;

/** Deployments; apictl sends null where it means all of them. */
const Deployments = z.array(z.object({ name: z.string(), vhost: z.string().nullish() })).nullable();

/** Whether a request names our environment, and no other one; null or nothing names none. */
export async function readTargets(
  request: Request,
): Promise<{ ok: true; named: boolean } | { ok: false; response: Response }> {
  const refuse = (status: number, words: string) => ({
    ok: false as const,
    response: refusal(status, words),
  });
  const bytes = await readBody(request.body, MAX_BODY);
  if (!bytes) return refuse(413, tooLargeWords(MAX_BODY));
  const text = bytes.toString("utf8").trim();
  const body = Deployments.safeParse(text === "" ? null : parseJson(text));
  if (!body.success) return refuse(400, 'The body is a list such as [{"name": "Default"}], or null.');
  const targets = body.data ?? [];
  const unknown = targets.find(({ name }) => !isOurs(name));
  if (unknown) return refuse(404, `There is no environment ${unknown.name}; there is ${ENVIRONMENT}.`);
  const own = await ownVhost();
  const elsewhere = targets.find(({ vhost }) => !isOwnVhost(vhost ?? "", own));
  if (elsewhere)
    return refuse(404, `There is no vhost ${elsewhere.vhost} in ${ENVIRONMENT}; there is ${own}.`);
  return { ok: true, named: targets.length > 0 };
}
