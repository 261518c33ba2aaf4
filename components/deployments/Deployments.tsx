"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type ApiDefinition, deployProblems } from "#lib/edit/api";
import { Section } from "../editor/Section";
import { useLive } from "../frame/LiveContext";
import { revisionState } from "../frame/report";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { FailureWords } from "../shared/FailureWords";
import { SoftButton } from "../shared/SoftButton";
import { Comparison } from "./Comparison";
import { BringBackDialog, DeployDialog, EditFromDialog, RollBackDialog } from "./DeploymentDialogs";
import { DeployNotice } from "./DeployNotice";
import type { Compare, DeploymentActions, Revision, Save } from "./deploymentResults";
import { EarlierDrafts } from "./EarlierDrafts";
import { RevisionItem } from "./RevisionItem";
import { Sentences } from "./Sentences";
import { type Asking, type Deploying, useDeploying } from "./useDeploying";

interface Props extends DeploymentActions {
  id: string;
  title: string;
  definition: ApiDefinition;
  /** What is live; the draft when nothing is. */
  served: ApiDefinition;
  draftVersion: number;
  revisions: Revision[];
  /** What the draft changes against what is live; null while nothing is. */
  draftChanges: string[] | null;
  /** What callers would lose by it. */
  losses: string[];
  /** Saves that can be undone, the newest first. */
  earlier: Save[];
  onCompare: Compare;
}

export function Deployments(props: Props) {
  const { id, revisions, onCompare } = props;
  const deploying = useDeploying(props);
  const { ask, failure, setFailure } = deploying;
  return (
    <Box sx={{ pb: 3 }}>
      <Typography variant="h2" sx={{ mb: 2 }}>
        Deployments
      </Typography>
      <Stack spacing={2} useFlexGap>
        <Box
          id="deploy-notice"
          tabIndex={-1}
          role="group"
          aria-label="What was deployed"
          sx={{ "&:empty": { display: "none" }, scrollMarginTop: 16 }}
        >
          <DeployNotice definition={props.served} />
        </Box>
        {failure && (
          <Alert severity="error" onClose={() => setFailure("")}>
            <FailureWords>{failure}</FailureWords>
          </Alert>
        )}
        <DraftSection {...props} onAsk={ask} />
        {revisions.length > 0 && <Comparison id={id} revisions={revisions} onCompare={onCompare} />}
        <RevisionList id={id} revisions={revisions} onAsk={ask} />
      </Stack>
      <Dialogs {...props} deploying={deploying} />
    </Box>
  );
}

/** One may be kept without a deployment. */
const wasDeployed = (revisions: Revision[]) => revisions.some(({ intervals }) => intervals.length > 0);

type DraftProps = Pick<Props, "definition" | "revisions" | "draftChanges" | "earlier"> & {
  onAsk: (asking: Asking) => void;
};

function DraftSection({ definition, revisions, draftChanges, earlier, onAsk }: DraftProps) {
  const isLive = useLive().report.live !== null;
  const reasons = deployProblems(definition);
  return (
    <Section title="Draft">
      <Box id="draft" sx={{ scrollMarginTop: 16 }}>
        <DraftChanges changes={draftChanges} wasDeployed={wasDeployed(revisions)} />
        {reasons.length > 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
            It cannot be deployed yet: {reasons.map((p) => p.message).join(" ")}
          </Typography>
        )}
      </Box>
      <EarlierDrafts saves={earlier} onBringBack={(save) => onAsk({ kind: "bringBack", save })} />
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        <SoftButton
          variant="contained"
          needs="api.deploy"
          off={reasons.length > 0 || draftChanges?.length === 0}
          onClick={() => onAsk({ kind: "deploy" })}
        >
          Deploy
        </SoftButton>
        {isLive && (
          <SoftButton variant="outlined" needs="api.deploy" onClick={() => onAsk({ kind: "undeploy" })}>
            Undeploy
          </SoftButton>
        )}
      </Box>
    </Section>
  );
}

function DraftChanges({ changes, wasDeployed }: { changes: string[] | null; wasDeployed: boolean }) {
  if (changes === null) {
    return (
      <Typography variant="body2">
        {wasDeployed ? "Nothing is deployed now: callers get 404." : "Nothing is deployed yet."}
      </Typography>
    );
  }
  if (changes.length === 0)
    return <Typography variant="body2">The draft is the same as what is deployed.</Typography>;
  return (
    <>
      <Typography variant="body2">Not at the gateway yet:</Typography>
      <Sentences changes={changes} label="What the draft changes" />
    </>
  );
}

interface RevisionListProps {
  id: string;
  revisions: Revision[];
  onAsk: (asking: Asking) => void;
}

function RevisionList({ id, revisions, onAsk }: RevisionListProps) {
  const { report } = useLive();
  return (
    <Section
      title="Revisions"
      text={
        revisions.length === 0
          ? "Each deployment of a changed draft makes one. There is none yet."
          : "The newest 50 are kept, and the one that is live."
      }
    >
      <Box
        component="ol"
        reversed
        aria-label="Revisions"
        sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 1.5 }}
      >
        {revisions.map((revision) => (
          <RevisionItem
            key={revision.number}
            id={id}
            revision={revision}
            live={report.live?.revision ?? null}
            state={revisionState(report, revision.number)}
            onRollBack={() => onAsk({ kind: "rollBack", number: revision.number })}
            onEditFrom={() => onAsk({ kind: "editFrom", number: revision.number })}
          />
        ))}
      </Box>
    </Section>
  );
}

function Dialogs({ deploying, ...props }: Props & { deploying: Deploying }) {
  const { id, title, onCompare } = props;
  const { asking, close } = deploying;
  const chosen =
    asking?.kind === "rollBack" && props.revisions.find(({ number }) => number === asking.number);
  const live = useLive().report.live?.revision ?? null;
  return (
    <>
      {asking?.kind === "deploy" && (
        <DeployDialog
          title={title}
          isFirst={!wasDeployed(props.revisions)}
          changes={props.draftChanges}
          losses={props.losses}
          onConfirm={deploying.deploy}
          onClose={close}
        />
      )}
      {chosen && (
        <RollBackDialog
          id={id}
          revision={chosen}
          live={live}
          onCompare={onCompare}
          onConfirm={(note) => deploying.rollBack(chosen.number, note)}
          onClose={close}
        />
      )}
      <EditFromDialog
        id={id}
        number={asking?.kind === "editFrom" ? asking.number : null}
        onCompare={onCompare}
        onConfirm={deploying.editFrom}
        onClose={close}
      />
      <BringBackDialog
        save={asking?.kind === "bringBack" ? asking.save : null}
        earlier={props.earlier}
        onConfirm={deploying.bringBack}
        onClose={close}
      />
      <ConfirmDialog
        open={asking?.kind === "undeploy"}
        title={`Undeploy ${title}?`}
        text="The gateway stops answering it at once: callers get 404. The draft and all revisions stay, and it can be deployed again."
        confirm="Undeploy"
        onConfirm={deploying.undeploy}
        onClose={close}
      />
    </>
  );
}
