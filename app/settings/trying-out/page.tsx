import { TryingOut } from "#components/settings/TryingOut";
import { readSettings } from "#prisma/installationSettings";
import { requirePage } from "../../_server/guard";
import { switchSetting } from "./actions";

export const metadata = { title: "Trying out" };

export default async function TryingOutPage() {
  await requirePage("settings.manage");
  return <TryingOut settings={await readSettings()} onSwitch={switchSetting} />;
}
