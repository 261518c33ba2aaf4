"use client";
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";
import { type Remark, remarkWords } from "./preview";

/** Most that are shown: whoever has more has one cause. */
const SHOWN = 50;

export function Remarks({
  severity,
  title,
  remarks,
}: {
  severity: "error" | "warning";
  title: string;
  remarks: readonly Remark[];
}) {
  if (remarks.length === 0) return null;
  return (
    <Alert severity={severity} role={severity === "error" ? "alert" : "note"}>
      <AlertTitle>{title}</AlertTitle>
      <Box component="ul" sx={{ m: 0, pl: 2.25, overflowWrap: "anywhere" }}>
        {remarks.slice(0, SHOWN).map((remark, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
          <li key={i}>{remarkWords(remark)}</li>
        ))}
        {remarks.length > SHOWN && <li>and {remarks.length - SHOWN} more</li>}
      </Box>
    </Alert>
  );
}
