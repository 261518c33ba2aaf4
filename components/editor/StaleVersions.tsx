"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";
import type { ApiDefinition } from "#lib/edit/api";
import { merge } from "#lib/edit/draftMerge";
import { diff } from "#lib/tell/diff";
import { LocalTime } from "../shared/LocalTime";
import type { Saving, StaleSave } from "./useSaving";

interface Props {
  stale: StaleSave;
  base: ApiDefinition;
  saving: Saving;
}

export function StaleVersions({ stale, base, saving }: Props) {
  const { theirs, mine } = stale;
  const both = useMemo(() => merge(base, mine, theirs.definition, "mine"), [base, mine, theirs]);
  const disagreed = useMemo(
    () => diff(merge(base, mine, theirs.definition, "theirs"), both),
    [base, mine, theirs, both],
  );
  return (
    <>
      <DialogContent id="stale-versions">
        <DialogContentText>
          Somebody saved this API after you had opened it, at{" "}
          <LocalTime at={new Date(theirs.updatedAt).toISOString()} />. Nothing of yours was saved, and both
          versions are kept until you choose.
        </DialogContentText>
        <Changes title="Their version changes" sentences={diff(base, theirs.definition)} />
        <Changes title="Your version changes" sentences={diff(base, mine)} />
        {disagreed.length > 0 && (
          <Changes title="You both changed this; “Keep both” takes yours" sentences={disagreed} />
        )}
      </DialogContent>
      <DialogActions sx={{ flexWrap: "wrap", rowGap: 1 }}>
        <Button onClick={saving.decideLater}>Decide later</Button>
        <Button onClick={saving.loadTheirs}>Load theirs</Button>
        <Button onClick={() => saving.keep(mine)} color="error">
          Keep mine and overwrite
        </Button>
        <Button onClick={() => saving.keep(both)} variant="contained" autoFocus>
          Keep both
        </Button>
      </DialogActions>
    </>
  );
}

function Changes({ title, sentences }: { title: string; sentences: string[] }) {
  return (
    <Box component="section" aria-label={title} sx={{ mt: 2 }}>
      <Typography variant="h3">{title}</Typography>
      <Box component="ul" sx={{ m: 0, pl: 2.5, typography: "body2", overflowWrap: "anywhere" }}>
        {sentences.length === 0 && <li>Nothing</li>}
        {sentences.map((s) => (
          <li key={s}>{s}</li>
        ))}
      </Box>
    </Box>
  );
}
