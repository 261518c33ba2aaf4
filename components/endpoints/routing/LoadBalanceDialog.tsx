"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import type { EndpointGroup, GroupPolicy } from "#lib/edit/endpoints";
import { Deferred } from "../../shared/Deferred";
import { SoftButton } from "../../shared/SoftButton";
import { useDialogGuard } from "../../shared/useDialogGuard";

const form = () => import("./LoadBalanceForm").then((m) => m.LoadBalanceForm);

interface Props {
  open: boolean;
  group: EndpointGroup;
  onSave: (policy: GroupPolicy) => void;
  onClose: () => void;
}

export function LoadBalanceDialog({ open, group, onSave, onClose }: Props) {
  const { watch, close, question } = useDialogGuard(open, onClose);
  return (
    <>
      <Dialog open={open} onClose={close} aria-labelledby="load-balance-title" maxWidth="xs" fullWidth>
        <DialogTitle id="load-balance-title">Load Balance Configurations</DialogTitle>
        <DialogContent {...watch}>
          <Deferred load={form} props={{ group, onSave }} />
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>Close</Button>
          <SoftButton type="submit" form="load-balance-form" variant="contained">
            Save
          </SoftButton>
        </DialogActions>
      </Dialog>
      {question}
    </>
  );
}
