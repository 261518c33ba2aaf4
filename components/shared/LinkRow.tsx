"use client";
import TableRow from "@mui/material/TableRow";
import type { MouseEvent, ReactNode } from "react";

/** A row of a table that leads where its link does. Who presses keys has the link. */
export function LinkRow({ children }: { children: ReactNode }) {
  const follow = ({ target, currentTarget }: MouseEvent) => {
    // Words that were marked to be copied end in a click, too.
    const marked = window.getSelection()?.isCollapsed === false;
    if (marked || (target instanceof Element && target.closest("a"))) return;
    currentTarget.querySelector("a")?.click();
  };
  return (
    <TableRow hover onClick={follow} sx={row}>
      {children}
    </TableRow>
  );
}

const row = { cursor: "pointer", "&:last-child td, &:last-child th": { border: 0 } };
