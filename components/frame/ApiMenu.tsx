"use client";
import ResourcesIcon from "@mui/icons-material/AccountTreeOutlined";
import DefinitionIcon from "@mui/icons-material/DescriptionOutlined";
import DeploymentsIcon from "@mui/icons-material/HistoryOutlined";
import EndpointsIcon from "@mui/icons-material/HubOutlined";
import OverviewIcon from "@mui/icons-material/InfoOutlined";
import MonitorIcon from "@mui/icons-material/MonitorHeartOutlined";
import TryOutIcon from "@mui/icons-material/PlayCircleOutlined";
import RuntimeIcon from "@mui/icons-material/TuneOutlined";
import Box from "@mui/material/Box";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListItemText from "@mui/material/ListItemText";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { LinkPending } from "../shared/Navigation";

export function ApiMenu({ id }: { id: string }) {
  return (
    <Box component="nav" aria-label="API" sx={{ position: { md: "sticky" }, top: 16 }}>
      <List dense disablePadding sx={list}>
        <Entry href={`/apis/${id}`} icon={<OverviewIcon fontSize="small" />} text="Overview" />
        <ListItem disablePadding sx={flowing}>
          <Typography id="api-configurations" variant="body2" sx={group}>
            API Configurations
          </Typography>
          <List dense disablePadding aria-labelledby="api-configurations" sx={inner}>
            <Entry
              href={`/apis/${id}/endpoints`}
              icon={<EndpointsIcon fontSize="small" />}
              text="Endpoints"
            />
            <Entry
              href={`/apis/${id}/resources`}
              icon={<ResourcesIcon fontSize="small" />}
              text="Resources"
            />
            <Entry href={`/apis/${id}/runtime`} icon={<RuntimeIcon fontSize="small" />} text="Runtime" />
            <Entry
              href={`/apis/${id}/definition`}
              icon={<DefinitionIcon fontSize="small" />}
              text="API Definition"
            />
          </List>
        </ListItem>
        <ListItem disablePadding sx={{ ...flowing, pt: { md: 1.5 } }}>
          <List dense disablePadding sx={inner}>
            <Entry
              href={`/apis/${id}/deployments`}
              icon={<DeploymentsIcon fontSize="small" />}
              text="Deployments"
            />
            <Entry href={`/apis/${id}/try-out`} icon={<TryOutIcon fontSize="small" />} text="Try Out" />
            <Entry href={`/apis/${id}/monitor`} icon={<MonitorIcon fontSize="small" />} text="Monitor" />
          </List>
        </ListItem>
      </List>
    </Box>
  );
}

function Entry({ href, icon, text }: { href: string; icon: ReactNode; text: string }) {
  const here = usePathname() === href;
  return (
    <ListItem disablePadding>
      <ListItemButton
        component={NextLink}
        href={href}
        // Pages are made for whoever asks: there is nothing to have in advance.
        prefetch={false}
        selected={here}
        aria-current={here ? "page" : undefined}
        sx={{ ...entry, color: here ? "primary.main" : "text.primary" }}
      >
        <ListItemIcon sx={{ color: "inherit", minWidth: 0 }}>{icon}</ListItemIcon>
        <ListItemText primary={text} />
        <LinkPending />
      </ListItemButton>
    </ListItem>
  );
}

// On narrow screens the groups flow together, in two rows.
const flowing = { display: { xs: "contents", md: "block" } };
const inner = { ...flowing, "& > li": { width: { xs: "auto", md: "100%" } } };
const list = {
  display: { xs: "grid", md: "block" },
  gridTemplateColumns: "repeat(4, minmax(0, 1fr))",
  gap: 0.5,
};
const group = { display: { xs: "none", md: "block" }, px: 2, pt: 2, pb: 0.5, color: "text.secondary" };
const entry = {
  borderRadius: 1,
  gap: { xs: 0.25, sm: 1 },
  flexDirection: { xs: "column", sm: "row" },
  px: { xs: 0.5, sm: 2 },
  "& .MuiListItemText-root": {
    my: { xs: 0, sm: 0.5 },
    textAlign: { xs: "center", sm: "start" },
    "& > span": { fontSize: { xs: "0.75rem", sm: "inherit" } },
  },
};
