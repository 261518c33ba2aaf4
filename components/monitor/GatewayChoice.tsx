"use client";
import Alert from "@mui/material/Alert";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { inShort } from "#lib/gateways";
import { useLive } from "../frame/LiveContext";

const ALL = "";

/** Which gateway is told of: all of them, or one. Nothing where there is one. */
export function GatewayChoice() {
  const { report, chosen, choose } = useLive();
  const members = report.fleet?.members ?? [];
  if (members.length < 2) return null;
  return (
    <TextField
      select
      label="Gateway"
      value={chosen ?? ALL}
      onChange={(event) => choose(event.target.value === ALL ? null : event.target.value)}
      sx={{ minWidth: 180, maxWidth: "100%" }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value={ALL}>All {members.length}, added up</MenuItem>
      {members.map(({ id }) => (
        <MenuItem key={id} value={id}>
          {id}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** Whose counts are missing in what is shown. Nothing where none are, or nobody's are there. */
export function Uncounted() {
  const { report, chosen } = useLive();
  const members = report.fleet?.members ?? [];
  const missing = members
    .filter(({ id }) => chosen === null || chosen === id)
    .flatMap((one) => one.uncounted ?? []);
  if (missing.length === 0 || !report.gateway) return null;
  return (
    <Alert severity="warning" role="status">
      Not counted here: {inShort(missing)}.
    </Alert>
  );
}
