"use client";
import AccountIcon from "@mui/icons-material/AccountCircleOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import ListItem from "@mui/material/ListItem";
import ListItemText from "@mui/material/ListItemText";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import NextLink from "next/link";
import { useState } from "react";
import type { Me } from "../shared/Access";
import { askBefore } from "../shared/leaving";
import { loadPage, signOut } from "./sessionRequests";

export function AccountMenu({ me }: { me: Me }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const leave = () => {
    close();
    askBefore(async () => {
      await signOut();
      await loadPage("/sign-in");
    });
  };
  return (
    <>
      <Button
        color="inherit"
        startIcon={<AccountIcon />}
        aria-label={`Account ${me.username}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ minWidth: 0, maxWidth: { xs: "8.125rem", sm: "15rem" } }}
      >
        <Box component="span" sx={name}>
          {me.username}
        </Box>
      </Button>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        // In place and not at the end of the body, so that it belongs to a landmark.
        disablePortal
        anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
        transformOrigin={{ vertical: "top", horizontal: "right" }}
        slotProps={{ list: { "aria-label": "Account" } }}
      >
        <ListItem role="presentation" divider>
          <ListItemText primary={me.username} secondary={`Role: ${me.role}`} />
        </ListItem>
        <MenuItem component={NextLink} href="/password" onClick={close}>
          Change password
        </MenuItem>
        <MenuItem onClick={leave}>Sign out</MenuItem>
      </Menu>
    </>
  );
}

const name = {
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
  // Where there is room for a letter or two, the picture says more.
  "@media (max-width: 399px)": { display: "none" },
} as const;
