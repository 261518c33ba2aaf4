"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import type { EndpointSecurity } from "#lib/edit/endpointSecurity";
import type { KeyType } from "#lib/edit/endpoints";
import { Deferred } from "../../shared/Deferred";
import { SoftButton } from "../../shared/SoftButton";
import { useDialogGuard } from "../../shared/useDialogGuard";
import { titles } from "../fieldIds";

const form = () => import("./SecurityForm").then((m) => m.SecurityForm);

interface Props {
  /** Whose security is edited; null while the dialog is closed. */
  keyType: KeyType | null;
  /** Whose endpoints these are. */
  owner: string;
  security: EndpointSecurity;
  onSave: (security: EndpointSecurity) => void;
  onClose: () => void;
}

export function SecurityDialog({ keyType, owner, security, onSave, onClose }: Props) {
  const { watch, close, question } = useDialogGuard(keyType !== null, onClose);
  return (
    <>
      <Dialog
        open={keyType !== null}
        onClose={close}
        aria-labelledby="security-title"
        maxWidth="sm"
        fullWidth
      >
        <DialogTitle id="security-title">Endpoint Security</DialogTitle>
        <DialogContent {...watch}>
          <DialogContentText sx={{ mb: 2 }}>
            How the gateway proves itself to every {keyType ? titles[keyType].toLowerCase() : ""} endpoint of{" "}
            {owner}. Passwords and keys are stored encrypted and never shown again.
          </DialogContentText>
          {keyType && <Deferred load={form} props={{ security, onSave }} />}
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>Close</Button>
          <SoftButton
            id="endpoint-security-submit-btn"
            type="submit"
            form="security-form"
            variant="contained"
          >
            Save
          </SoftButton>
        </DialogActions>
      </Dialog>
      {question}
    </>
  );
}
