"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState, useTransition } from "react";
import { OpenApiSource, useOpenApiSource } from "../imports/OpenApiSource";
import { type FetchText, type Remark, type Understood, understand } from "../imports/preview";
import { Remarks } from "../imports/Remarks";
import { Summary } from "../imports/Summary";
import { BusyButton } from "../shared/BusyButton";
import { useDialogGuard } from "../shared/useDialogGuard";

interface Props {
  id: string;
  onFetch: FetchText;
  onTake: (text: string) => void;
  onClose: () => void;
}

/** Reads a newer file into this API: what it changes is shown first, and then stands in the editor, not yet saved. */
export function ImportDialog({ id, onFetch, onTake, onClose }: Props) {
  const source = useOpenApiSource(onFetch);
  const { problems, understood, pending, read } = useUnderstood(id, source);
  const take = () => {
    if (understood?.text) onTake(understood.text);
    onClose();
  };
  const { watch, close, question } = useDialogGuard(true, onClose);
  return (
    <>
      <Dialog
        open
        onClose={pending ? undefined : close}
        aria-labelledby="import-title"
        maxWidth="md"
        fullWidth
      >
        <DialogTitle id="import-title">Import a definition</DialogTitle>
        <DialogContent {...watch}>
          <DialogContentText sx={{ mb: 2 }}>
            It replaces this API's definition in the draft. Name, version and context stay, and so does what
            the file does not speak of. Nothing is saved yet.
          </DialogContentText>
          <Stack spacing={2.5} sx={{ alignItems: "stretch" }}>
            <Remarks severity="error" title="This cannot be imported" remarks={problems} />
            {understood ? <Changes understood={understood} /> : <OpenApiSource source={source} />}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          {understood ? (
            <Button variant="contained" onClick={take} disabled={understood.changes?.length === 0}>
              Take into the draft
            </Button>
          ) : (
            <BusyButton variant="contained" onClick={read} busy={pending}>
              Continue
            </BusyButton>
          )}
        </DialogActions>
      </Dialog>
      {question}
    </>
  );
}

/** What was understood of what is handed in, once it is read. */
function useUnderstood(id: string, source: ReturnType<typeof useOpenApiSource>) {
  const [problems, setProblems] = useState<Remark[]>([]);
  const [understood, setUnderstood] = useState<Understood | null>(null);
  const [pending, startTransition] = useTransition();
  const current = [source.way, source.files, source.url, source.text];
  const [seen, setSeen] = useState<readonly unknown[]>(current);
  // What was wrong with what was handed in says nothing of what is handed in now.
  if (current.some((part, i) => part !== seen[i])) {
    setSeen(current);
    setProblems([]);
  }
  const read = () =>
    startTransition(async () => {
      setProblems([]);
      const given = await source.collect();
      if ("problems" in given) return setProblems(given.problems);
      const result = await understand(given, { into: id });
      if (result.ok) setUnderstood(result);
      else setProblems(result.problems);
    });
  return { problems, understood, pending, read };
}

/** Instead of the button that is gone, so that what was understood is read. */
const takeFocus = (heading: HTMLElement | null) => heading?.focus();

function Changes({ understood }: { understood: Understood }) {
  const changes = understood.changes ?? [];
  return (
    <>
      <div>
        <Typography
          variant="h3"
          component="h3"
          gutterBottom
          ref={takeFocus}
          tabIndex={-1}
          sx={{ outline: 0 }}
        >
          {changes.length === 0 ? "It changes nothing" : "What it changes"}
        </Typography>
        <ul style={{ margin: 0, paddingLeft: 18 }} aria-label="What it changes">
          {changes.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </div>
      <Summary understood={understood} />
    </>
  );
}
