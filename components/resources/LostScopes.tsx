"use client";
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import NextLink from "next/link";
import { type ReactNode, Suspense, use, useTransition } from "react";
import { type AskedScopes, lostScopes } from "#lib/access/lostScopes";
import { scopeWords } from "#lib/access/scopes";
import type { ApiDefinition } from "#lib/edit/api";
import { answerOf, type ChangeDraft, failureText } from "../shared/actionResults";
import { SoftButton } from "../shared/SoftButton";

/** Operations that are told; of more, the number is. */
const TOLD = 5;

interface Props {
  /** What was lost when the page was loaded; comes when the document has been read. */
  lost: Promise<AskedScopes[]>;
  definition: ApiDefinition;
}

/** Says what the definition asks for and nobody checks, with the act that takes it over. */
export function LostScopes({ onTake, ...props }: Props & { onTake: (lost: AskedScopes[]) => void }) {
  const act = (lost: AskedScopes[]) => (
    <SoftButton color="inherit" size="small" variant="outlined" onClick={() => onTake(lost)}>
      Take them over
    </SoftButton>
  );
  return (
    <Suspense>
      <Notice {...props} act={act} />
    </Suspense>
  );
}

interface LinkProps extends Props {
  id: string;
  draftVersion: number;
  onKeep: ChangeDraft;
  onFailure: (text: string) => void;
}

/** The same, with the way to where that is done, and the act that leaves it so for good. */
export function LostScopesLink({ id, draftVersion, onKeep, onFailure, ...props }: LinkProps) {
  const [pending, startTransition] = useTransition();
  const keep = () =>
    startTransition(async () => {
      onFailure("");
      const result = await answerOf(onKeep(id, draftVersion));
      if (!result.ok) onFailure(`Nothing was changed. ${failureText(result)}`);
    });
  const act = () => (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
      <Button
        component={NextLink}
        href={`/apis/${id}/resources`}
        color="inherit"
        size="small"
        variant="outlined"
      >
        See Resources
      </Button>
      <SoftButton color="inherit" size="small" needs="api.edit" busy={pending} onClick={keep}>
        Leave it so
      </SoftButton>
    </Box>
  );
  return (
    <Suspense>
      <Notice {...props} act={act} />
    </Suspense>
  );
}

function Notice({ lost, definition, act }: Props & { act: (lost: AskedScopes[]) => ReactNode }) {
  const left = lostScopes(definition, use(lost));
  if (left.length === 0) return null;
  const more = left.length - TOLD;
  return (
    <Alert severity="warning" role="group" aria-label="Scopes that are not enforced">
      <AlertTitle>The definition asks for scopes that are not enforced</AlertTitle>
      Tokens without them may call {left.length === 1 ? "this operation" : "these operations"}:
      <Box component="ul" sx={{ my: 0.5, pl: 2.5, overflowWrap: "anywhere" }}>
        {left.slice(0, TOLD).map(({ operation, scopes }) => (
          <li key={operation}>
            <strong>{operation}</strong> needs {scopeWords(scopes)}
          </li>
        ))}
        {more > 0 && <li>and {more} more</li>}
      </Box>
      <Box sx={{ mt: 1 }}>{act(left)}</Box>
    </Alert>
  );
}
