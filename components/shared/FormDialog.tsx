"use client";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { type FormEvent, type ReactNode, useId, useState, useTransition } from "react";
import { useAnnounce } from "./Announcer";
import { answerOf, type Failed } from "./actionResults";
import { BusyButton } from "./BusyButton";
import { FailureWords } from "./FailureWords";
import { useDialogGuard } from "./useDialogGuard";
import { useShowWrong } from "./useShowWrong";

interface Props {
  title: string;
  text?: string;
  submit: string;
  /** Said when it is done. */
  done: string;
  /** Id of the first field that is wrong; nothing is sent then. */
  firstWrong: () => string | undefined;
  onSubmit: () => Promise<{ ok: true } | Failed>;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog: closes when the server took it, else says why it did not and keeps what was typed. */
export function FormDialog({ title, text, submit, done, firstWrong, onSubmit, onClose, children }: Props) {
  const id = useId();
  const announce = useAnnounce();
  const showWrong = useShowWrong();
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const wrong = firstWrong();
    if (wrong) {
      showWrong(wrong);
      return;
    }
    startTransition(async () => {
      setFailure("");
      const result = await answerOf(onSubmit());
      if (!result.ok) return setFailure(result.message);
      onClose();
      announce(done);
    });
  };
  const { watch, close, question } = useDialogGuard(true, onClose);
  return (
    <>
      <Dialog open onClose={pending ? undefined : close} aria-labelledby={id} maxWidth="xs" fullWidth>
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent {...watch}>
          {text && <DialogContentText sx={{ mb: 2 }}>{text}</DialogContentText>}
          <Stack component="form" id={`${id}-form`} noValidate onSubmit={send} spacing={2.5} sx={{ pt: 1 }}>
            {failure && (
              <Alert severity="error">
                <FailureWords>{failure}</FailureWords>
              </Alert>
            )}
            {children}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose} disabled={pending}>
            Cancel
          </Button>
          <BusyButton type="submit" form={`${id}-form`} variant="contained" busy={pending}>
            {submit}
          </BusyButton>
        </DialogActions>
      </Dialog>
      {question}
    </>
  );
}
