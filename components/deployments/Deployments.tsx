"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type ApiDefinition, deployProblems } from "#lib/edit/api";
import { Section } from "../editor/Section";
import { useLive } from "../frame/LiveContext";
import { revisionState } from "../frame/report";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Change, type Deploy, failureText } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { FailureWords } from "../shared/FailureWords";
import { focusSoon } from "../shared/focusSoon";
import { SoftButton } from "../shared/SoftButton";
import { Comparison } from "./Comparison";
import { DeployNotice } from "./DeployNotice";
import {
  type BringBack,
  type Compare,
  DRAFT,
  type EditFrom,
  type Revision,
  type RollBack,
  type Save,
} from "./deploymentResults";
import { EarlierDrafts } from "./EarlierDrafts";
import { NoteDialog } from "./NoteDialog";
import { RevisionItem } from "./RevisionItem";
import { Difference, Losses, Sentences } from "./Sentences";

interface Props {
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
  onDeploy: Deploy;
  onUndeploy: Change;
  onRollBack: RollBack;
  /** Saves that can be undone, the newest first. */
  earlier: Save[];
  onEditFrom: EditFrom;
  onBringBack: BringBack;
  onCompare: Compare;
}

type Asking =
  | { kind: "deploy" | "undeploy" }
  | { kind: "rollBack" | "editFrom"; number: number }
  | { kind: "bringBack"; save: Save };

export function Deployments(props: Props) {
  const { id, title, definition, draftVersion, revisions, draftChanges, losses, earlier, onCompare } = props;
  const router = useRouter();
  const announce = useAnnounce();
  const { report, follow } = useLive();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [failure, setFailure] = useState("");
  const live = report.live?.revision ?? null;
  const reasons = deployProblems(definition);
  const close = () => setAsking(null);

  const deployed = (result: Awaited<ReturnType<RollBack>>) => {
    close();
    if (result.ok) {
      follow(result);
      // It is told above the list that was pressed in, and whoever goes on from there finds how the API is called.
      focusSoon("deploy-notice");
      return;
    }
    const words =
      result.kind === "unreadable" ? "This revision cannot be read any more." : failureText(result);
    setFailure(`Not deployed: what was live before stays live. ${words}`);
  };
  const start = (next: Asking) => {
    setFailure("");
    follow(null);
    setAsking(next);
  };
  const undeploy = async () => {
    const result = await answerOf(props.onUndeploy(id));
    close();
    if (result.ok) announce(`${title} is not deployed any more.`);
    else setFailure(`Not undeployed. ${failureText(result)}`);
  };
  const bringBack = async (save: Save) => {
    const result = await answerOf(props.onBringBack(id, save.id, draftVersion));
    close();
    if (result.ok) announce("The draft is back as it was before that save.");
    else notCopied(result);
  };
  const editFrom = async (number: number) => {
    const result = await answerOf(props.onEditFrom(id, number, draftVersion));
    close();
    if (!result.ok) return notCopied(result);
    announce(`The draft is a copy of r${number} now.`);
    router.push(`/apis/${id}/endpoints`);
  };
  const notCopied = (result: { kind: string; message?: string }) => {
    const changed = "The draft was changed elsewhere. Reload this page and try again.";
    setFailure(`The draft is as it was. ${result.message ?? changed}`);
  };

  return (
    <Box sx={{ pb: 3 }}>
      <Typography variant="h2" sx={{ mb: 2 }}>
        Deployments
      </Typography>
      <Stack spacing={2}>
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
        <Section title="Draft">
          <Box id="draft" sx={{ scrollMarginTop: 16 }}>
            {draftChanges === null && (
              <Typography variant="body2">
                {revisions.length === 0
                  ? "Nothing is deployed yet."
                  : "Nothing is deployed now: callers get 404."}
              </Typography>
            )}
            {draftChanges?.length === 0 && (
              <Typography variant="body2">The draft is the same as what is deployed.</Typography>
            )}
            {draftChanges && draftChanges.length > 0 && (
              <>
                <Typography variant="body2">Not at the gateway yet:</Typography>
                <Sentences changes={draftChanges} label="What the draft changes" />
              </>
            )}
            {reasons.length > 0 && (
              <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
                It cannot be deployed yet: {reasons.map((p) => p.message).join(" ")}
              </Typography>
            )}
          </Box>
          <EarlierDrafts saves={earlier} onBringBack={(save) => start({ kind: "bringBack", save })} />
          <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
            <SoftButton
              variant="contained"
              needs="api.deploy"
              off={reasons.length > 0 || draftChanges?.length === 0}
              onClick={() => start({ kind: "deploy" })}
            >
              Deploy
            </SoftButton>
            {live !== null && (
              <SoftButton variant="outlined" needs="api.deploy" onClick={() => start({ kind: "undeploy" })}>
                Undeploy
              </SoftButton>
            )}
          </Box>
        </Section>
        {revisions.length > 0 && <Comparison id={id} revisions={revisions} onCompare={onCompare} />}
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
                live={live}
                state={revisionState(report, revision.number)}
                onRollBack={() => start({ kind: "rollBack", number: revision.number })}
                onEditFrom={() => start({ kind: "editFrom", number: revision.number })}
              />
            ))}
          </Box>
        </Section>
      </Stack>
      {asking?.kind === "deploy" && (
        <NoteDialog
          title={`Deploy the draft of ${title}?`}
          text="The gateway serves it within a second. Requests under way finish as they began."
          confirm="Deploy"
          onConfirm={async (note) => deployed(await answerOf(props.onDeploy(id, draftVersion, note)))}
          onClose={close}
        >
          {draftChanges === null ? (
            <Typography variant="body2">
              {revisions.length === 0
                ? "The API is answered for the first time."
                : "Nothing is live now, so the API is answered again."}
            </Typography>
          ) : (
            <>
              <Losses losses={losses} />
              <Sentences changes={draftChanges} label="What changes at the gateway" />
            </>
          )}
        </NoteDialog>
      )}
      {asking?.kind === "rollBack" && (
        <NoteDialog
          title={`${live !== null && asking.number < live ? "Roll back to" : "Deploy"} r${asking.number}?`}
          text={`r${asking.number} is served again as it was${live === null ? "" : `, instead of r${live}`}. The draft is not touched.`}
          confirm={
            live !== null && asking.number < live
              ? `Roll back to r${asking.number}`
              : `Deploy r${asking.number}`
          }
          onConfirm={async (note) => deployed(await answerOf(props.onRollBack(id, asking.number, note)))}
          onClose={close}
        >
          {live === null ? (
            <Typography variant="body2">Nothing is live now, so the API is answered again.</Typography>
          ) : (
            <Difference id={id} from={live} to={asking.number} onCompare={onCompare} goesLive />
          )}
        </NoteDialog>
      )}
      <ConfirmDialog
        open={asking?.kind === "editFrom"}
        color="primary"
        title={`Edit from r${asking && "number" in asking ? asking.number : ""}?`}
        text="The draft becomes a copy of this revision. What is live stays as it is. The draft as it is now can be brought back under Earlier drafts."
        confirm="Copy into the draft"
        onConfirm={() => (asking?.kind === "editFrom" ? editFrom(asking.number) : undefined)}
        onClose={close}
        details={
          asking?.kind === "editFrom" && (
            <Box sx={{ mt: 2 }}>
              <Difference id={id} from={DRAFT} to={asking.number} onCompare={onCompare} />
            </Box>
          )
        }
      />
      <ConfirmDialog
        open={asking?.kind === "bringBack"}
        color="primary"
        title="Bring this draft back?"
        text="The draft becomes what it was before this save. What is live stays as it is, and this can be undone in the same way. Undone are:"
        confirm="Bring back"
        onConfirm={() => (asking?.kind === "bringBack" ? bringBack(asking.save) : undefined)}
        onClose={close}
        details={
          asking?.kind === "bringBack" && (
            <Sentences
              label="What is undone"
              changes={[
                ...new Set(
                  earlier.filter((save) => save.id >= asking.save.id).flatMap((save) => save.changes),
                ),
              ]}
              most={12}
            />
          )
        }
      />
      <ConfirmDialog
        open={asking?.kind === "undeploy"}
        title={`Undeploy ${title}?`}
        text="The gateway stops answering it at once: callers get 404. The draft and all revisions stay, and it can be deployed again."
        confirm="Undeploy"
        onConfirm={undeploy}
        onClose={close}
      />
    </Box>
  );
}
