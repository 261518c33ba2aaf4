"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useTransition } from "react";
import { type ApiDefinition, deployProblems } from "#lib/api";
import { answerOf, type Deploy, failureText } from "../shared/results";
import { SoftButton } from "../shared/SoftButton";
import { useLive } from "./LiveContext";

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
  const deploy = () =>
    startTransition(async () => {
      onFailure("");
      const result = await answerOf(onDeploy(id, draftVersion));
      if (result.ok) follow(result);
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
      <SoftButton variant="contained" needs="api.deploy" busy={pending} onClick={deploy}>
        Deploy the draft
      </SoftButton>
    </Box>
  );
}
