import type { ReactNode } from "react";
import { SettingsFrame } from "#components/settings/SettingsFrame";
import { requirePage } from "../_server/guard";

export const metadata = { title: { default: "Settings", template: "%s · Settings · Sluice" } };

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await requirePage("settings.manage");
  return <SettingsFrame>{children}</SettingsFrame>;
}
