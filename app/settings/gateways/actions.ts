"use server";
import { revalidatePath } from "next/cache";
import { GatewayId } from "#lib/node/gatewayId";
import * as rows from "#prisma/gatewayRows";
import { failed, guarded } from "../../_server/guard";

/** Nobody waits for it any more; one that runs comes back by itself. */
export async function forgetGateway(id: unknown) {
  return guarded("Forgetting a gateway", "settings.manage", async (user) => {
    const isForgotten = await rows.forgetGateway(GatewayId.parse(id), user);
    revalidatePath("/settings", "layout");
    return isForgotten ? { ok: true as const } : failed("This gateway answers again, or is gone already.");
  });
}
