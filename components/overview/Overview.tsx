"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { AskedScopes } from "#lib/access/lostScopes";
import { type ApiDefinition, basePath } from "#lib/edit/api";
import { useLive } from "../frame/LiveContext";
import { LostScopesLink } from "../resources/LostScopes";
import type { Change, ChangeDraft, Deploy } from "../shared/actionResults";
import { Facts } from "../shared/Facts";
import { FailureWords } from "../shared/FailureWords";
import { LocalTime } from "../shared/LocalTime";
import { DangerZone } from "./DangerZone";
import { DeployDraft } from "./DeployDraft";
import { EndpointsSummary } from "./EndpointsSummary";
import { ExportMenu } from "./ExportMenu";
import { Invocation } from "./Invocation";

interface Props {
  id: string;
  definition: ApiDefinition;
  /** What is live; the draft when nothing is. */
  served: ApiDefinition;
  draftVersion: number;
  /** Scopes that its document asks for and that are not enforced. */
  lost: Promise<AskedScopes[]>;
  /** Names of the applications that may call it. */
  subscribers: string[];
  onKeepScopes: ChangeDraft;
  onDeploy: Deploy;
  onUndeploy: Change;
  onDelete: Change;
}

export function Overview({
  id,
  definition,
  served: answering,
  draftVersion,
  lost,
  subscribers,
  onKeepScopes,
  onDeploy,
  onUndeploy,
  onDelete,
}: Props) {
  const { live, changed } = useLive().report;
  const [failure, setFailure] = useState("");
  return (
    <Stack spacing={2} sx={{ pb: 6 }}>
      <Stack direction="row" sx={{ justifyContent: "space-between", alignItems: "center" }}>
        <Typography variant="h2">Overview</Typography>
        <ExportMenu id={id} live={live?.revision} />
      </Stack>
      {failure && (
        <Alert severity="error" onClose={() => setFailure("")}>
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      <LostScopesLink
        id={id}
        lost={lost}
        definition={definition}
        draftVersion={draftVersion}
        onKeep={onKeepScopes}
        onFailure={setFailure}
      />
      <Paper variant="outlined" sx={{ p: 2.5 }}>
        {definition.description && <Typography sx={{ mb: 2 }}>{definition.description}</Typography>}
        <ApiFacts definition={definition} />
        {changed && (
          <DeployDraft
            id={id}
            definition={definition}
            draftVersion={draftVersion}
            onDeploy={onDeploy}
            onFailure={setFailure}
          />
        )}
      </Paper>
      {live && <Invocation definition={answering} />}
      <EndpointsSummary id={id} definition={definition} />
      <Box>
        <DangerZone
          id={id}
          title={`${definition.name} ${definition.version}`}
          path={basePath(definition)}
          subscribers={subscribers}
          onUndeploy={onUndeploy}
          onDelete={onDelete}
          onFailure={setFailure}
        />
      </Box>
    </Stack>
  );
}

function ApiFacts({ definition }: { definition: ApiDefinition }) {
  const { report, phase } = useLive();
  const { live, changed, gateway } = report;
  const served = gateway?.api?.revision;
  return (
    <Facts
      facts={[
        ["Name", definition.name],
        ["Version", definition.version],
        ["Context", definition.context],
        ["Base path", basePath(definition)],
        [
          "Deployment",
          live ? (
            <>
              Revision {live.revision}, since <LocalTime at={live.since} />
              {phase === "failed" && `; it is not served, ${served ? `r${served} is` : "callers get 404"}`}
              {changed && " (the draft differs from it)"}
            </>
          ) : (
            "None: callers get 404"
          ),
        ],
      ]}
    />
  );
}
