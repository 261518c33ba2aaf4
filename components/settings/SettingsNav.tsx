"use client";
import GatewaysIcon from "@mui/icons-material/DnsOutlined";
import AuditIcon from "@mui/icons-material/HistoryOutlined";
import UsersIcon from "@mui/icons-material/PeopleOutlined";
import TryingIcon from "@mui/icons-material/PlayCircleOutlined";
import IssuersIcon from "@mui/icons-material/VpnKeyOutlined";
import Box from "@mui/material/Box";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListItemText from "@mui/material/ListItemText";
import NextLink from "next/link";
import { usePathname } from "next/navigation";
import type { Permission } from "#lib/access/roles";
import { useAccess } from "../shared/Access";

const entries: { href: string; text: string; Icon: typeof UsersIcon; needs: Permission }[] = [
  { href: "/settings/users", text: "Users", Icon: UsersIcon, needs: "users.manage" },
  { href: "/settings/issuers", text: "Token issuers", Icon: IssuersIcon, needs: "settings.manage" },
  { href: "/settings/gateways", text: "Gateways", Icon: GatewaysIcon, needs: "settings.manage" },
  { href: "/settings/trying-out", text: "Trying out", Icon: TryingIcon, needs: "settings.manage" },
  { href: "/settings/audit", text: "Audit", Icon: AuditIcon, needs: "audit.read" },
];

export function SettingsNav() {
  const { can } = useAccess();
  const path = usePathname();
  return (
    <Box component="nav" aria-label="Settings" sx={{ position: { md: "sticky" }, top: 16 }}>
      <List dense disablePadding sx={list}>
        {entries
          .filter(({ needs }) => can(needs))
          .map(({ href, text, Icon }) => {
            const here = path === href;
            return (
              <ListItem key={href} disablePadding>
                <ListItemButton
                  component={NextLink}
                  href={href}
                  selected={here}
                  aria-current={here ? "page" : undefined}
                  sx={{ borderRadius: 1, color: here ? "primary.main" : "text.primary", gap: 1 }}
                >
                  <ListItemIcon sx={{ color: "inherit", minWidth: 0 }}>
                    <Icon fontSize="small" />
                  </ListItemIcon>
                  <ListItemText primary={text} />
                </ListItemButton>
              </ListItem>
            );
          })}
      </List>
    </Box>
  );
}

const list = {
  display: { xs: "flex", md: "block" },
  flexWrap: "wrap",
  gap: 1,
  "& > li": { width: { xs: "auto", md: "100%" } },
};
