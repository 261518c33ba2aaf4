"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import type { Endpoint, EndpointSettings } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import { Deferred } from "../../shared/Deferred";
import { SoftButton } from "../../shared/SoftButton";
import { useDialogGuard } from "../../shared/useDialogGuard";
import { WhileOpen } from "../../shared/WhileOpen";

const form = () => import("./AdvancedForm").then((m) => m.AdvancedForm);

interface Props {
  /** Whose settings are edited; null while the dialog is closed. */
  endpoint: Endpoint | null;
  onSave: (settings: EndpointSettings) => void;
  onClose: () => void;
}

export function AdvancedDialog({ endpoint, onSave, onClose }: Props) {
  const { watch, close, question } = useDialogGuard(endpoint !== null, onClose);
  return (
    <>
      <Dialog
        open={endpoint !== null}
        onClose={close}
        aria-labelledby="advanced-title"
        maxWidth="sm"
        fullWidth
      >
        <DialogTitle id="advanced-title">Advanced Configurations</DialogTitle>
        <WhileOpen open={endpoint !== null}>
          <DialogContent {...watch}>
            <DialogContentText sx={{ mb: 2, overflowWrap: "anywhere" }}>
              For {endpoint ? endpointLabel(endpoint.url) : ""}. An empty field means the default.
            </DialogContentText>
            {endpoint && <Deferred load={form} props={{ settings: endpoint.settings, onSave }} />}
          </DialogContent>
        </WhileOpen>
        <DialogActions>
          <Button onClick={close}>Close</Button>
          <SoftButton
            id="endpoint-configuration-submit-btn"
            type="submit"
            form="advanced-form"
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
