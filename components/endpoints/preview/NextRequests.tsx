"use client";
import Box from "@mui/material/Box";
import { useState } from "react";
import { Deferred } from "../../shared/Deferred";
import { COUNT, type NextRequestsProps } from "./listedRequests";

const requests = () => import("./Requests").then((m) => m.Requests);

/** The next requests one by one. */
export function NextRequests(props: NextRequestsProps) {
  const [open, setOpen] = useState(false);
  return (
    <Box
      component="details"
      sx={{ typography: "body2", mb: 1 }}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Next {COUNT} requests</summary>
      {open && <Deferred load={requests} props={props} />}
    </Box>
  );
}
