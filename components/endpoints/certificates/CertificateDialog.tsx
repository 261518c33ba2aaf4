"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useState } from "react";
import type { AddCertificate } from "../../shared/actionResults";
import { BusyButton } from "../../shared/BusyButton";
import { Deferred } from "../../shared/Deferred";
import { useDialogGuard } from "../../shared/useDialogGuard";

const form = () => import("./CertificateForm").then((m) => m.CertificateForm);

interface Props {
  open: boolean;
  origins: string[];
  onAdd: AddCertificate;
  onClose: () => void;
}

export function CertificateDialog({ open, origins, onAdd, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const { watch, close, question } = useDialogGuard(open, onClose);
  return (
    <>
      <Dialog
        open={open}
        onClose={busy ? undefined : close}
        aria-labelledby="certs-dialog-title"
        maxWidth="sm"
        fullWidth
      >
        <DialogTitle id="certs-dialog-title">Add Certificate</DialogTitle>
        <DialogContent {...watch}>
          <Deferred load={form} props={{ origins, onAdd, onBusy: setBusy, onDone: onClose }} />
        </DialogContent>
        <DialogActions>
          <Button onClick={close} disabled={busy}>
            Close
          </Button>
          <BusyButton id="certs-submit-btn" type="submit" form="certs-form" variant="contained" busy={busy}>
            Add
          </BusyButton>
        </DialogActions>
      </Dialog>
      {question}
    </>
  );
}
