import type * as z from "zod";
import type { Targets } from "#lib/contract/wso2Forms";
import { ENVIRONMENT, isOurs, isOwnVhost, ownVhost } from "./gatewayEnvironment";
import { refusal } from "./publisherAnswers";

/** The refusal of deployments that name another environment or vhost than ours; null and none name no other one. */
export async function whyNotHere(targets: z.output<typeof Targets>): Promise<Response | null> {
  const unknown = targets?.find(({ name }) => !isOurs(name));
  if (unknown) return refusal(404, `There is no environment ${unknown.name}; there is ${ENVIRONMENT}.`);
  const own = await ownVhost();
  const elsewhere = targets?.find(({ vhost }) => !isOwnVhost(vhost ?? "", own));
  if (elsewhere)
    return refusal(404, `There is no vhost ${elsewhere.vhost} in ${ENVIRONMENT}; there is ${own}.`);
  return null;
}
