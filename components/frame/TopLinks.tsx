"use client";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import NextLink from "next/link";
import { usePathname } from "next/navigation";
import type { Permission } from "#lib/access/roles";
import { useAccess } from "../shared/Access";
import { LinkPending } from "../shared/Navigation";

/** The top bar's links, each for who may open it. */
const links: { href: string; text: string; needs: Permission }[] = [
  { href: "/apis", text: "APIs", needs: "api.read" },
  { href: "/applications", text: "Applications", needs: "application.read" },
  { href: "/settings", text: "Settings", needs: "settings.manage" },
];

export function TopLinks() {
  const { can } = useAccess();
  const path = usePathname();
  return (
    <Box component="nav" aria-label="Main" sx={{ display: "flex", gap: { xs: 1.5, sm: 2.5 } }}>
      {links
        .filter(({ needs }) => can(needs))
        .map(({ href, text }) => {
          const here = path === href || path.startsWith(`${href}/`);
          return (
            <Link
              key={href}
              component={NextLink}
              href={href}
              prefetch={false}
              underline="hover"
              color={here ? "textPrimary" : "textSecondary"}
              aria-current={here ? "true" : undefined}
              // For fingers: as high as the bar.
              sx={{ "@media (pointer: coarse)": { py: 1.75 } }}
            >
              {text}
              <LinkPending />
            </Link>
          );
        })}
    </Box>
  );
}
