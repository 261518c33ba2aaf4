"use client";
import Dialog from "@mui/material/Dialog";
import DialogTitle from "@mui/material/DialogTitle";
import type { ApiDefinition } from "#lib/edit/api";
import { Deferred } from "../shared/Deferred";
import { WhileOpen } from "../shared/WhileOpen";
import type { Saving } from "./useSaving";

const versions = () => import("./StaleVersions").then((m) => m.StaleVersions);

export function StaleDialog({ saving, base }: { saving: Saving; base: ApiDefinition }) {
  const { stale } = saving;
  return (
    <Dialog
      open={stale !== null}
      onClose={saving.decideLater}
      aria-labelledby="stale-title"
      aria-describedby="stale-versions"
      maxWidth="sm"
      fullWidth
    >
      <DialogTitle id="stale-title">Changed elsewhere</DialogTitle>
      <WhileOpen open={stale !== null}>
        {stale && <Deferred load={versions} props={{ stale, base, saving }} />}
      </WhileOpen>
    </Dialog>
  );
}
