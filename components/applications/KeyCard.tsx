"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState, useTransition } from "react";
import type { KeyType } from "#lib/edit/endpoints";
import type { ApplicationKeyInfo } from "#lib/schemas/application";
import { Section } from "../editor/Section";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Failed } from "../shared/actionResults";
import { CopyLine } from "../shared/CopyLine";
import { FailureWords } from "../shared/FailureWords";
import { keyTypeTitles } from "../shared/keyTypes";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import { AccessTokenBox } from "./AccessTokenBox";
import type { ApplicationActions, Secret } from "./applicationResults";
import { KeyDialogs } from "./KeyDialogs";

interface Props extends ApplicationActions {
  applicationId: string;
  keyType: KeyType;
  info: ApplicationKeyInfo | undefined;
  tokenUrl: string;
}

type Asking = "rotate" | "revoke";

/** Client id and secret for one key type, and what is done with them. */
export function KeyCard(props: Props) {
  const { applicationId, keyType, info, tokenUrl, ...actions } = props;
  const { secret, asking, setAsking, failure, pending, create, rotate, revoke } = useKeys(props);
  return (
    <Section
      heading="h2"
      title={`${keyTypeTitles[keyType]} keys`}
      text={`Their tokens reach the ${keyType} endpoints and no others.`}
    >
      {failure && (
        <Alert severity="error">
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      {info ? (
        <>
          <Client info={info} secret={secret} tokenUrl={tokenUrl} />
          <AccessTokenBox key={info.clientId} applicationId={applicationId} keyType={keyType} {...actions} />
          <KeyButtons keyType={keyType} onAsk={setAsking} />
        </>
      ) : (
        <Box>
          <SoftButton
            needs="application.manage"
            variant="contained"
            busy={pending}
            aria-label={`Generate Keys for ${keyType}`}
            onClick={create}
          >
            Generate Keys
          </SoftButton>
        </Box>
      )}
      <KeyDialogs
        keyType={keyType}
        asking={asking}
        onRotate={rotate}
        onRevoke={revoke}
        onClose={() => setAsking(null)}
      />
    </Section>
  );
}

/** The secret while it can be copied, and what makes, changes and ends the keys. */
function useKeys({ applicationId, keyType, info, ...actions }: Props) {
  const announce = useAnnounce();
  const [made, setMade] = useState<Secret | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();
  const secret = made && made.clientId === info?.clientId ? made.secret : null;

  const run = async <T extends object>(call: Promise<({ ok: true } & T) | Failed>, done: string) => {
    setFailure("");
    const result = await answerOf(call);
    setAsking(null);
    if (result.ok) announce(done);
    else setFailure(result.message);
    return result;
  };
  const keep = (result: ({ ok: true } & Secret) | Failed) => result.ok && setMade(result);
  const create = () =>
    startTransition(async () => {
      keep(await run(actions.onCreateKey(applicationId, keyType), "Keys made. Copy the secret now."));
    });
  const rotate = async (endingTokens: boolean) => {
    const call = actions.onRotateKey(applicationId, keyType, endingTokens);
    keep(await run(call, "The secret is rotated. Copy the new one now."));
  };
  const revoke = async () => {
    await run(actions.onDeleteKey(applicationId, keyType), `The ${keyType} keys are revoked.`);
  };
  return { secret, asking, setAsking, failure, pending, create, rotate, revoke };
}

interface ButtonsProps {
  keyType: KeyType;
  onAsk: (asking: Asking) => void;
}

function KeyButtons({ keyType, onAsk }: ButtonsProps) {
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
      <SoftButton
        needs="application.manage"
        variant="outlined"
        aria-label={`Rotate Secret for ${keyType}`}
        onClick={() => onAsk("rotate")}
      >
        Rotate Secret
      </SoftButton>
      <SoftButton
        needs="application.manage"
        variant="outlined"
        color="error"
        aria-label={`Revoke Keys for ${keyType}`}
        onClick={() => onAsk("revoke")}
      >
        Revoke Keys
      </SoftButton>
    </Box>
  );
}

interface ClientProps {
  info: ApplicationKeyInfo;
  /** Only right after it was made. */
  secret: string | null;
}

/** What an application sends for a token. */
function Client({ info, secret, tokenUrl }: ClientProps & { tokenUrl: string }) {
  return (
    <>
      <Labelled label="Client id">
        <CopyLine text={info.clientId} label={`${info.keyType} client id`} />
      </Labelled>
      <ClientSecret info={info} secret={secret} />
      <Labelled label="Getting a token">
        <CopyLine
          text={`curl -X POST "${tokenUrl}" -u "${info.clientId}:${secret ?? "<CLIENT_SECRET>"}" -d grant_type=client_credentials`}
          label={`${info.keyType} token command`}
        />
      </Labelled>
    </>
  );
}

function ClientSecret({ info, secret }: ClientProps) {
  if (!secret) {
    return (
      <Typography variant="body2" color="textSecondary">
        The secret is from <LocalTime at={info.rotatedAt ?? info.createdAt} /> and is not stored. Who has lost
        it rotates it.
      </Typography>
    );
  }
  return (
    // No alert to a reader: nobody wants to hear a secret read aloud. That it is there was said.
    <Alert severity="warning" role="presentation" slotProps={{ message: { sx: { flex: 1, minWidth: 0 } } }}>
      Copy the client secret now: it is shown this once and cannot be looked up later.
      <Box sx={{ mt: 1 }}>
        <CopyLine text={secret} label={`${info.keyType} client secret`} />
      </Box>
    </Alert>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Box>
      <Typography variant="body2" color="textSecondary" gutterBottom>
        {label}
      </Typography>
      {children}
    </Box>
  );
}
