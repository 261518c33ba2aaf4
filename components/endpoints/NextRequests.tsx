"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useEffect, useMemo, useState } from "react";
import type { EndpointGroup } from "#lib/endpoints";
import { nextRequests } from "#lib/simulate";
import { endpointLabel } from "#lib/url";

const COUNT = 20;
const STEP_MS = 450;

/** The next requests one by one: a lane for each endpoint to look at, a list to read. */
export function NextRequests({ group, out }: { group: EndpointGroup; out: ReadonlySet<string> }) {
  const preview = useMemo(() => nextRequests(group, COUNT, out), [group, out]);
  const [shown, setShown] = useState(COUNT);
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => setShown((n) => n + 1), STEP_MS);
    return () => clearInterval(timer);
  }, [playing]);
  if (playing && shown >= COUNT) setPlaying(false);
  if (!preview) return null;
  const nameOf = (id: string | null) => {
    const endpoint = group.endpoints.find((e) => e.id === id);
    return endpoint ? endpointLabel(endpoint.url) : "no endpoint (503)";
  };
  const steps = preview.steps.slice(0, shown);
  return (
    <Box component="details" sx={{ typography: "body2", mb: 1 }}>
      <summary>Next {COUNT} requests</summary>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, my: 1 }}>
        <Button
          size="small"
          variant="outlined"
          onClick={() => {
            if (!playing && shown >= COUNT) setShown(0);
            setPlaying(!playing);
          }}
        >
          {playing ? "Pause" : "Play"}
        </Button>
        <Button size="small" onClick={() => setShown((n) => (n >= COUNT ? 1 : n + 1))}>
          Step
        </Button>
        <Button size="small" onClick={() => setShown(COUNT)}>
          Show all
        </Button>
      </Box>
      {preview.example && (
        <Typography variant="caption" color="textSecondary" component="p">
          An example: chance or latency decides each time, the shares above hold in the long run.
        </Typography>
      )}
      <Box aria-hidden sx={{ overflowX: "auto" }}>
        {group.endpoints.map((endpoint) => (
          <Box key={endpoint.id} sx={{ display: "flex", alignItems: "center", gap: 1 }}>
            <Box
              sx={{
                width: 140,
                flexShrink: 0,
                overflow: "hidden",
                textOverflow: "ellipsis",
                whiteSpace: "nowrap",
              }}
            >
              {endpointLabel(endpoint.url)}
            </Box>
            {preview.steps.map((id, i) => (
              <Box
                // biome-ignore lint/suspicious/noArrayIndexKey: places in a row
                key={i}
                sx={{
                  width: 12,
                  height: 12,
                  flexShrink: 0,
                  borderRadius: 0.5,
                  bgcolor: lit(i, id, endpoint.id) ? "primary.main" : "action.hover",
                }}
              />
            ))}
          </Box>
        ))}
      </Box>
      <Box
        component="ol"
        aria-label={`Next ${COUNT} requests`}
        sx={{ columns: { xs: 1, sm: 2 }, my: 1, pl: 3.5, overflowWrap: "anywhere" }}
      >
        {steps.map((id, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places in a row
          <li key={i}>{nameOf(id)}</li>
        ))}
      </Box>
    </Box>
  );

  function lit(place: number, id: string | null, endpointId: string): boolean {
    return place < shown && id === endpointId;
  }
}
