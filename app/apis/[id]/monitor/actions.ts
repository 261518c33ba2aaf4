"use server";
import { revalidatePath } from "next/cache";
import * as z from "zod";
import { switchEndpoint } from "#prisma/switches";
import { confirmed } from "../../../_server/gatewayClient";
import { ApiId, guarded } from "../../../_server/guard";

const State = z.enum(["on", "draining", "off"]);

/** Takes effect on live traffic at once. `seen`: the gateway has said so. */
export async function setEndpointState(id: unknown, endpointId: unknown, state: unknown) {
  return guarded("Switching an endpoint", "api.deploy", async (user) => {
    const endpoint = z.string().max(64).parse(endpointId);
    const result = await switchEndpoint(ApiId.parse(id), endpoint, State.parse(state), user);
    if (!result.ok) return result;
    revalidatePath("/apis", "layout");
    return { ok: true as const, seen: await confirmed(result.generation) };
  });
}
