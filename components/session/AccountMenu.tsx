"use client";
import AccountIcon from "@mui/icons-material/AccountCircleOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import ListItem from "@mui/material/ListItem";
import ListItemText from "@mui/material/ListItemText";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import NextLink from "next/link";
import { type MouseEvent, useState } from "react";
import type { Me } from "../shared/Access";
import { askBefore } from "../shared/leaving";
import { loadPage, signOut } from "./sessionRequests";

export function AccountMenu({ me }: { me: Me }) {
  const [button, setButton] = useState<HTMLElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState("");
  const open = (event: MouseEvent<HTMLElement>) => {
    setButton(event.currentTarget);
    setFailure("");
    setOpen(true);
  };
  const close = () => setOpen(false);
  const leave = () => {
    close();
    askBefore(async () => {
      const result = await signOut();
      if (result.ok) await loadPage("/sign-in");
      else {
        setFailure(`You are still signed in. ${result.message}`);
        setOpen(true);
      }
    });
  };
  return (
    <>
      <Button
        color="inherit"
        startIcon={<AccountIcon />}
        aria-label={`Account ${me.username}`}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={open}
        sx={{ minWidth: 0, maxWidth: { xs: "8.125rem", sm: "15rem" } }}
      >
        <Box component="span" sx={name}>
          {me.username}
        </Box>
      </Button>
      <Menu
        anchorEl={button}
        open={isOpen}
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
        {failure && <StillHere>{failure}</StillHere>}
      </Menu>
    </>
  );
}

function StillHere({ children }: { children: string }) {
  return (
    <ListItem role="alert" sx={{ maxWidth: "20rem" }}>
      <ListItemText primary={children} slotProps={{ primary: { variant: "body2", color: "error" } }} />
    </ListItem>
  );
}

const name = {
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
  // Where there is room for a letter or two, the picture says more.
  "@media (max-width: 399px)": { display: "none" },
} as const;
