"use client";
import Paper from "@mui/material/Paper";
import type { SxProps } from "@mui/material/styles";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import type { ReactNode } from "react";
import { useScrollStop } from "./useScrollStop";

interface Props {
  label: string;
  columns: readonly string[];
  /** The head of a last column that has no word of its own. */
  last?: ReactNode;
  sx: SxProps;
  /** Its rows. */
  children: ReactNode;
}

/** A list of things as a table, which scrolls where it is wider than its place. */
export function ListTable({ label, columns, last, sx, children }: Props) {
  const scrolling = useScrollStop();
  return (
    <TableContainer component={Paper} variant="outlined" {...scrolling} role="region" aria-label={label}>
      <Table size="small" sx={sx}>
        <TableHead>
          <TableRow>
            {columns.map((column) => (
              <TableCell key={column} sx={{ color: "text.secondary" }}>
                {column}
              </TableCell>
            ))}
            {last && <TableCell>{last}</TableCell>}
          </TableRow>
        </TableHead>
        <TableBody>{children}</TableBody>
      </Table>
    </TableContainer>
  );
}
