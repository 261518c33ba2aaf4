"use client";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import { type PartProps, partId } from "./rowProps";
import { rowStyles as styles } from "./rowStyles";

/** Whether it is a backup, and the question what would be if it were down. */
export function RowSwitches({ row, called }: PartProps) {
  const { endpoint, routing, down, actions } = row;
  if (routing !== "loadBalanced" && down === null) return null;
  return (
    <Box sx={styles.switches}>
      {routing === "loadBalanced" && (
        <FormControlLabel
          sx={label}
          control={
            <Switch
              id={partId(row, "backup")}
              size="small"
              checked={endpoint.backup}
              onChange={(event) => actions.edit(endpoint.id, { backup: event.target.checked }, "backup")}
              slotProps={{ input: { "aria-label": `Backup ${called}` } }}
            />
          }
          label="Backup"
          slotProps={{ typography: { variant: "caption" } }}
        />
      )}
      {down !== null && (
        <FormControlLabel
          sx={label}
          control={
            <Switch
              size="small"
              color="warning"
              // Changes nothing, so it stays usable in what is read only.
              disabled={false}
              checked={down}
              onChange={(event) => actions.suppose(endpoint.id, event.target.checked)}
              slotProps={{ input: { "aria-label": `If this one is down ${called}` } }}
            />
          }
          label="If this one is down"
          slotProps={{ typography: { variant: "caption" } }}
        />
      )}
    </Box>
  );
}

const label = { ml: 0, my: -0.75, gap: 0.75 };
