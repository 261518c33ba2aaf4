"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState, useTransition } from "react";
import { type ApiDefinition, deployProblems } from "#lib/edit/api";
import { LossesDialog } from "../editor/LossesDialog";
import { useLive } from "../frame/LiveContext";
import { answerOf, type Deploy, failureText } from "../shared/actionResults";
import { SoftButton } from "../shared/SoftButton";

interface Props {
  id: string;
  definition: ApiDefinition;
  draftVersion: number;
  onDeploy: Deploy;
  onFailure: (text: string) => void;
}

export function DeployDraft({ id, definition, draftVersion, onDeploy, onFailure }: Props) {
  const { follow } = useLive();
  const [pending, startTransition] = useTransition();
  const reasons = deployProblems(definition);
  const [losses, setLosses] = useState<string[] | null>(null);
  const deploy = (ask: boolean) =>
    startTransition(async () => {
      onFailure("");
      setLosses(null);
      const result = await answerOf(onDeploy(id, draftVersion, "", ask));
      if (result.ok) follow(result);
      else if (result.kind === "asks") setLosses(result.losses);
      else onFailure(`Not deployed. ${failureText(result)}`);
    });
  if (reasons.length > 0) {
    return (
      <Typography variant="body2" color="textSecondary" sx={{ mt: 2 }}>
        The draft cannot be deployed yet: {reasons.map((p) => p.message).join(" ")}
      </Typography>
    );
  }
  return (
    <Box sx={{ mt: 2 }}>
      <SoftButton variant="contained" needs="api.deploy" busy={pending} onClick={() => deploy(true)}>
        Deploy the draft
      </SoftButton>
      <LossesDialog losses={losses} onConfirm={() => deploy(false)} onClose={() => setLosses(null)} />
    </Box>
  );
}
