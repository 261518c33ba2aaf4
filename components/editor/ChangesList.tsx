"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Popover from "@mui/material/Popover";
import Typography from "@mui/material/Typography";
import { useState } from "react";

interface Props {
  changes: string[];
  /** Something typed is being read: there may be changes soon. */
  reading: boolean;
}

/** "3 unsaved changes"; pressing it says which. */
export function ChangesList({ changes, reading }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  if (changes.length === 0) {
    return (
      <Typography variant="body2" color="textSecondary" sx={{ px: 1 }}>
        {reading ? "Reading what was typed…" : "No unsaved changes"}
      </Typography>
    );
  }
  const count = changes.length === 1 ? "1 unsaved change" : `${changes.length} unsaved changes`;
  return (
    <>
      <Button size="small" color="inherit" aria-haspopup="dialog" onClick={(e) => setAnchor(e.currentTarget)}>
        {count}
      </Button>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: "top", horizontal: "left" }}
        transformOrigin={{ vertical: "bottom", horizontal: "left" }}
        slotProps={{ paper: { role: "dialog", "aria-label": count, tabIndex: 0 } }}
      >
        <Box component="ul" sx={list}>
          {changes.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </Box>
      </Popover>
    </>
  );
}

const list = { m: 0, py: 1.5, pr: 2, pl: 4, maxWidth: 480, typography: "body2", overflowWrap: "anywhere" };
