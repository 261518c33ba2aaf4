"use client";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import { useEffect } from "react";
import { keepVersion, updatedWords, useUpdated } from "../shared/versionNews";

/** Says on every page that its Sluice is not the one that answers any more, and leaves it to the reader to reload. */
export function Updated({ version }: { version: string }) {
  useEffect(() => keepVersion(version), [version]);
  if (!useUpdated()) return null;
  const reload = (
    <Button color="inherit" size="small" onClick={() => location.reload()}>
      Reload
    </Button>
  );
  return (
    <Alert severity="info" role="status" action={reload} sx={bar}>
      {updatedWords}
    </Alert>
  );
}

/** Wherever on a long page one is. */
const bar = { position: "sticky", top: 0, zIndex: 6, borderRadius: 0 } as const;
