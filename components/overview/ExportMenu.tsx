"use client";
import Button from "@mui/material/Button";
import Divider from "@mui/material/Divider";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useId, useState } from "react";

interface Props {
  id: string;
  /** Number of the live revision; undefined when none is. */
  live: number | undefined;
}

const formats = [
  ["yaml", "OpenAPI YAML"],
  ["json", "OpenAPI JSON"],
  ["project", "WSO2 project (ZIP)"],
] as const;

export function ExportMenu({ id, live }: Props) {
  const buttonId = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const items = (revision: string, words: string) =>
    formats.map(([format, label]) => (
      <MenuItem
        key={`${revision} ${format}`}
        component="a"
        href={`/apis/${id}/export?format=${format}&revision=${revision}`}
        download
        onClick={() => setAnchor(null)}
      >
        {label}, {words}
      </MenuItem>
    ));
  return (
    <>
      <Button
        id={buttonId}
        variant="outlined"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Export
      </Button>
      <Menu
        disablePortal
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        slotProps={{ list: { "aria-labelledby": buttonId, dense: true } }}
      >
        {items("draft", "as in the draft")}
        {live !== undefined && <Divider component="li" />}
        {live !== undefined && items(String(live), `as in revision ${live} (live)`)}
      </Menu>
    </>
  );
}
