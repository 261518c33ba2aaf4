"use server";
import { revalidatePath } from "next/cache";
import * as z from "zod";
import { Settings } from "#lib/schemas/installation";
import * as settings from "#prisma/installationSettings";
import { guarded } from "../../_server/guard";

/** Takes effect with the next request that somebody tries. */
export async function switchSetting(name: unknown, on: unknown) {
  return guarded("Changing a setting", "settings.manage", async (user) => {
    await settings.switchSetting(Settings.keyof().parse(name), z.boolean().parse(on), user);
    revalidatePath("/settings", "layout");
    return { ok: true as const };
  });
}
