import { Settings } from "#lib/schemas/installation";
import { settingWords } from "#lib/tell/settingWords";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { lock } from "./lock";

/** All settings; one that was never set, or does not parse, has its default. */
export async function readSettings(): Promise<Settings> {
  const rows = await database().setting.findMany();
  return Settings.parse(Object.fromEntries(rows.map(({ name, value }) => [name, parsed(value)])));
}

/** Switches one setting. Setting it to what it is changes nothing and is not audited. */
export async function switchSetting(name: keyof Settings, on: boolean, by: Actor): Promise<void> {
  await database().$transaction(async (tx) => {
    await lock(tx, "settings");
    const before = await tx.setting.findUnique({ where: { name } });
    if (Settings.parse(before ? { [name]: parsed(before.value) } : {})[name] === on) return;
    const value = JSON.stringify(on);
    await tx.setting.upsert({ where: { name }, create: { name, value }, update: { value } });
    await writeAudit(tx, by, "settings.change", name, `${settingWords[name]}: ${on ? "on" : "off"}`);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
