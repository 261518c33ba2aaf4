"use client";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import { useState } from "react";
import type { KeyType } from "#lib/edit/endpoints";
import { ConfirmDialog } from "../shared/ConfirmDialog";

interface Props {
  keyType: KeyType;
  asking: "rotate" | "revoke" | null;
  onRotate: (endingTokens: boolean) => Promise<unknown>;
  onRevoke: () => Promise<void>;
  onClose: () => void;
}

export function KeyDialogs({ keyType, asking, onRotate, onRevoke, onClose }: Props) {
  const [endingTokens, setEndingTokens] = useState(false);
  return (
    <>
      <ConfirmDialog
        open={asking === "rotate"}
        title={`Rotate the ${keyType} secret?`}
        text="The old secret ends at once: who uses it gets no more tokens until it has the new one."
        confirm="Rotate Secret"
        onConfirm={async () => {
          await onRotate(endingTokens);
          setEndingTokens(false);
        }}
        onClose={onClose}
      >
        <FormControlLabel
          control={
            <Checkbox checked={endingTokens} onChange={(event) => setEndingTokens(event.target.checked)} />
          }
          label="And end the tokens issued so far"
        />
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "revoke"}
        title={`Revoke the ${keyType} keys?`}
        text="Client id and secret end for good, and their tokens with them: calls made with them are answered 401."
        confirm="Revoke Keys"
        onConfirm={onRevoke}
        onClose={onClose}
      />
    </>
  );
}
