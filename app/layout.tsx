import "@fontsource-variable/roboto/index.css";
import { AppRouterCacheProvider } from "@mui/material-nextjs/v16-appRouter";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { AppFrame } from "#components/AppFrame";

export const metadata: Metadata = {
  title: { default: "Sluice", template: "%s · Sluice" },
  description: "Define, balance and deploy APIs.",
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <AppRouterCacheProvider>
          <AppFrame>{children}</AppFrame>
        </AppRouterCacheProvider>
      </body>
    </html>
  );
}
