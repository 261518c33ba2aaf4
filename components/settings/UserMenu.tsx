"use client";
import MoreIcon from "@mui/icons-material/MoreVert";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { SoftIconButton } from "../shared/SoftButton";
import type { User } from "./settingsResults";

interface Props {
  user: User;
  onEnable: (user: User) => void;
  onAsk: (kind: "password" | "disable" | "delete", user: User) => void;
}

export function UserMenu({ user, onEnable, onAsk }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const choose = (run: () => void) => () => {
    close();
    run();
  };
  return (
    <>
      <SoftIconButton
        label={`More for ${user.username}`}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreIcon fontSize="small" />
      </SoftIconButton>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        slotProps={{ list: { "aria-label": `More for ${user.username}` } }}
      >
        <MenuItem onClick={choose(() => onAsk("password", user))}>Reset password</MenuItem>
        {user.disabled ? (
          <MenuItem onClick={choose(() => onEnable(user))}>Enable</MenuItem>
        ) : (
          <MenuItem onClick={choose(() => onAsk("disable", user))}>Disable</MenuItem>
        )}
        <MenuItem onClick={choose(() => onAsk("delete", user))}>Delete</MenuItem>
      </Menu>
    </>
  );
}
