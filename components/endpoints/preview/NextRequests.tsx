"use client";
import Box from "@mui/material/Box";
import { useState } from "react";
import type { EndpointGroup } from "#lib/edit/endpoints";
import { Deferred } from "../../shared/Deferred";

export const COUNT = 20;

const requests = () => import("./Requests").then((m) => m.Requests);

export interface NextRequestsProps {
  group: EndpointGroup;
  /** Endpoints taken to be down. */
  out: ReadonlySet<string>;
}

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
