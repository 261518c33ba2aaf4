"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import type { ApiDefinition } from "#lib/api";
import { diff } from "#lib/diff";
import { LocalTime } from "../shared/LocalTime";
import { WhileOpen } from "../shared/WhileOpen";
import type { Saving, StaleSave } from "./useSaving";

export function StaleDialog({ saving, base }: { saving: Saving; base: ApiDefinition }) {
  const { stale } = saving;
  return (
    <Dialog
      open={stale !== null}
      onClose={saving.decideLater}
      aria-labelledby="stale-title"
      maxWidth="sm"
      fullWidth
    >
      <DialogTitle id="stale-title">Changed elsewhere</DialogTitle>
      <WhileOpen open={stale !== null}>{stale && <Versions stale={stale} base={base} />}</WhileOpen>
      <DialogActions sx={{ flexWrap: "wrap", rowGap: 1 }}>
        <Button onClick={saving.decideLater}>Decide later</Button>
        <Button onClick={saving.loadTheirs}>Load theirs</Button>
        <Button onClick={saving.overwrite} color="error" variant="contained">
          Keep mine and overwrite
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Versions({ stale, base }: { stale: StaleSave; base: ApiDefinition }) {
  const { theirs, mine } = stale;
  return (
    <DialogContent>
      <DialogContentText>
        Somebody saved this API after you had opened it, at{" "}
        <LocalTime at={new Date(theirs.updatedAt).toISOString()} />. Nothing of yours was saved, and both
        versions are kept until you choose.
      </DialogContentText>
      <Changes title="Their version changes" sentences={diff(base, theirs.definition)} />
      <Changes title="Your version changes" sentences={diff(base, mine)} />
    </DialogContent>
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
