"use client";
import MoreIcon from "@mui/icons-material/MoreVert";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useId, useState } from "react";
import type { Endpoint } from "#lib/edit/endpoints";
import { SoftIconButton } from "../../shared/SoftButton";

interface Props {
  name: string;
  state: Endpoint["state"];
  onState: (state: Endpoint["state"]) => void;
  onDuplicate: () => void;
}

const actions: { state: Endpoint["state"]; label: string }[] = [
  { state: "on", label: "Switch on" },
  { state: "draining", label: "Drain: finish sessions, take no new traffic" },
  { state: "off", label: "Switch off: no traffic at all" },
];

export function RowMenu({ name, state, onState, onDuplicate }: Props) {
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const choose = (action: () => void) => () => {
    setAnchor(null);
    action();
  };
  return (
    <>
      <SoftIconButton
        id={id}
        label={`More for ${name}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreIcon fontSize="small" />
      </SoftIconButton>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        slotProps={{ list: { "aria-labelledby": id, dense: true } }}
      >
        {actions
          .filter((a) => a.state !== state)
          .map((a) => (
            <MenuItem key={a.state} onClick={choose(() => onState(a.state))}>
              {a.label}
            </MenuItem>
          ))}
        <MenuItem onClick={choose(onDuplicate)}>Duplicate</MenuItem>
      </Menu>
    </>
  );
}
