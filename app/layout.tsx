import "@fontsource-variable/roboto/index.css";
import { AppRouterCacheProvider } from "@mui/material-nextjs/v16-appRouter";
import type { Metadata } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { AppFrame } from "#components/frame/AppFrame";
import { HoldPresses } from "#components/shared/HoldPresses";
import { VERSION_FIELD } from "#lib/model/ownFields";
import { currentUser } from "./_server/session";

export const metadata: Metadata = {
  title: { default: "Sluice", template: "%s · Sluice" },
  description: "Define, balance and deploy APIs.",
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const given = await headers();
  const nonce = given.get("x-nonce") ?? undefined;
  const user = await currentUser();
  const me = user && { username: user.username, role: user.role };
  return (
    <html lang="en">
      <body>
        <HoldPresses nonce={nonce} />
        <AppRouterCacheProvider options={{ nonce }}>
          <AppFrame me={me} version={given.get(VERSION_FIELD) ?? ""}>
            {children}
          </AppFrame>
        </AppRouterCacheProvider>
      </body>
    </html>
  );
}
