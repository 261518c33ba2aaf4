"use client";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import type { ApiDefinition } from "#lib/edit/api";
import { type EndpointGroup, effectiveGroup, endpointsInUse, keyTypes } from "#lib/edit/endpoints";
import { builtInOf } from "#lib/traffic/algorithms";
import { EndpointLive } from "../endpoints/list/EndpointLive";
import { useLive } from "../frame/LiveContext";

const titles = { production: "Production", sandbox: "Sandbox" };

/** Most endpoints of a list that are shown here; what can be done with the API stands below them. */
const SHOWN = 10;

export function EndpointsSummary({ id, definition }: { id: string; definition: ApiDefinition }) {
  const { report } = useLive();
  const groups = keyTypes.map((k) => [k, effectiveGroup(definition.endpoints, k)] as const);
  const used = groups.filter(([, group]) => group.enabled && endpointsInUse(group).length > 0);
  return (
    <Paper variant="outlined" sx={{ p: 2.5 }}>
      <Box sx={{ display: "flex", justifyContent: "space-between", gap: 2, mb: 1 }}>
        <Typography variant="h3">Endpoints</Typography>
        <Link component={NextLink} href={`/apis/${id}/endpoints`} variant="body2">
          Edit endpoints
        </Link>
      </Box>
      {used.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          None yet.
        </Typography>
      )}
      {used.map(([keyType, group]) => (
        <Box key={keyType} sx={{ mt: 1.5 }}>
          <Typography variant="body2" color="textSecondary">
            {titles[keyType]} · {howItPicks(group)}
          </Typography>
          <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
            {endpointsInUse(group)
              .slice(0, SHOWN)
              .map((endpoint) => (
                <Box component="li" key={endpoint.id} sx={row}>
                  <Box component="span" sx={{ overflowWrap: "anywhere" }}>
                    {endpoint.url || "No URL yet"}
                  </Box>
                  <EndpointLive endpoint={endpoint} />
                </Box>
              ))}
            {endpointsInUse(group).length > SHOWN && (
              <Box component="li" sx={row}>
                <Link component={NextLink} href={`/apis/${id}/${report.live ? "monitor" : "endpoints"}`}>
                  and {endpointsInUse(group).length - SHOWN} more
                </Link>
              </Box>
            )}
          </Box>
        </Box>
      ))}
    </Paper>
  );
}

export function howItPicks(group: EndpointGroup): string {
  if (group.routing === "single") return "one endpoint";
  if (group.routing === "failover") return "failover in this order";
  return builtInOf(group.algorithm)?.label ?? "custom algorithm";
}

const row = {
  display: "flex",
  flexWrap: "wrap",
  justifyContent: "space-between",
  columnGap: 2,
  py: 0.75,
  typography: "body2",
  borderBottom: 1,
  borderColor: "divider",
  "&:last-child": { borderBottom: 0 },
};
