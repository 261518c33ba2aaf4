"use client";
import AddIcon from "@mui/icons-material/Add";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Section } from "../editor/Section";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Failed } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { FailureWords } from "../shared/FailureWords";
import { IssuerDialog } from "./IssuerDialog";
import { IssuerRow } from "./IssuerRow";
import { type Own, OwnIssuer } from "./OwnIssuer";
import type { Issuer, IssuerActions } from "./settingsResults";

type Asking = { kind: "add" } | { kind: "edit" | "delete"; issuer: Issuer };

export function Issuers({ issuers, own, ...actions }: { issuers: Issuer[]; own: Own } & IssuerActions) {
  const announce = useAnnounce();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [failure, setFailure] = useState("");
  const close = () => setAsking(null);
  const run = async (done: string, call: Promise<{ ok: true } | Failed>) => {
    setFailure("");
    const result = await answerOf(call);
    if (result.ok) announce(done);
    else setFailure(result.message);
    close();
  };
  const enable = (issuer: Issuer, enabled: boolean) => {
    const { id, gatewayProblem: _, ...input } = issuer;
    return run(`${issuer.name} is ${enabled ? "on" : "off"}.`, actions.onSave({ ...input, enabled }, id));
  };
  return (
    <Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 2 }}>
        <Typography variant="h2" sx={{ flex: 1 }}>
          Token issuers
        </Typography>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAsking({ kind: "add" })}>
          Add issuer
        </Button>
      </Box>
      <Stack spacing={2}>
        {failure && (
          <Alert severity="error" onClose={() => setFailure("")}>
            <FailureWords>{failure}</FailureWords>
          </Alert>
        )}
        <OtherIssuers issuers={issuers} onCheck={actions.onCheck} onEnable={enable} onAsk={setAsking} />
        <OwnIssuer own={own} />
      </Stack>
      {(asking?.kind === "add" || asking?.kind === "edit") && (
        <IssuerDialog
          issuer={asking.kind === "edit" ? asking.issuer : undefined}
          onSave={actions.onSave}
          onClose={close}
        />
      )}
      {asking?.kind === "delete" && (
        <ConfirmDialog
          open
          title={`Delete ${asking.issuer.name}?`}
          text="Its tokens are refused at once, those that were accepted before included."
          confirm="Delete issuer"
          onConfirm={() => run(`${asking.issuer.name} is deleted.`, actions.onDelete(asking.issuer.id))}
          onClose={close}
        />
      )}
    </Box>
  );
}

interface OtherProps {
  issuers: Issuer[];
  onCheck: IssuerActions["onCheck"];
  onEnable: (issuer: Issuer, enabled: boolean) => Promise<void>;
  onAsk: (asking: Asking) => void;
}

function OtherIssuers({ issuers, onCheck, onEnable, onAsk }: OtherProps) {
  const [known] = useState(() => new Set(issuers.map(({ id }) => id)));
  return (
    <Section
      title="Other issuers"
      text="Their tokens are accepted for every API, unless the tokens name the APIs that they are for."
    >
      {issuers.length === 0 && <Typography variant="body2">None yet.</Typography>}
      {issuers.length > 0 && (
        <Box component="ul" aria-label="Token issuers" sx={{ listStyle: "none", m: 0, p: 0 }}>
          {issuers.map((issuer) => (
            <IssuerRow
              key={issuer.id}
              issuer={issuer}
              fresh={!known.has(issuer.id)}
              onCheck={onCheck}
              onEnable={(enabled) => onEnable(issuer, enabled)}
              onEdit={() => onAsk({ kind: "edit", issuer })}
              onDelete={() => onAsk({ kind: "delete", issuer })}
            />
          ))}
        </Box>
      )}
    </Section>
  );
}
