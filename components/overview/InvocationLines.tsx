"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { whyNoToken } from "#lib/access/trying";
import type { KeyType } from "#lib/edit/endpoints";
import { useLive } from "../frame/LiveContext";
import { useAccess } from "../shared/Access";
import type { TestToken } from "../shared/actionResults";
import { CopyLine } from "../shared/CopyLine";
import { FailureWords } from "../shared/FailureWords";
import { keyTypeTitles } from "../shared/keyTypes";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import type { Invocation } from "./invocationUrls";
import { useTestTokens } from "./useTestTokens";

/** The API's address, and a line for each key type that can be pasted into a shell as it is; `brief`: the first line. */
export function InvocationLines({ line: all, brief = false }: { line: Invocation; brief?: boolean }) {
  const { id, onTestToken } = useLive();
  const line = brief ? { ...all, keyTypes: all.keyTypes.slice(0, 1) } : all;
  const { tokens, failure, pending, issue } = useTestTokens(id, line.tokenKey, onTestToken);
  return (
    <Stack spacing={1.25}>
      {!brief && <CopyLine text={line.url} label="invocation URL" />}
      {failure && (
        <Alert severity="error">
          No token. <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      {line.keyTypes.map((keyType) => (
        <TokenLine
          key={keyType}
          keyType={keyType}
          line={line}
          token={tokens[keyType]}
          pending={pending === keyType}
          onIssue={() => void issue(keyType)}
        />
      ))}
      {line.keyTypes.length === 0 && <CopyLine text={line.curl("")} label="curl command" />}
    </Stack>
  );
}

interface Props {
  keyType: KeyType;
  line: Invocation;
  token: TestToken | undefined;
  pending: boolean;
  onIssue: () => void;
}

function TokenLine({ keyType, line, token, pending, onIssue }: Props) {
  const { me } = useAccess();
  const why = me ? whyNoToken(me.role, keyType) : "";
  return (
    <Box role="group" aria-label={keyTypeTitles[keyType]} aria-busy={pending}>
      <Box sx={head}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {keyTypeTitles[keyType]}
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ flex: "1 1 160px" }}>
          {pending && "Getting a token"}
          {!pending && !token && (why || "Get a token to fill in the line.")}
          {!pending && token && (
            <>
              Valid until <LocalTime at={new Date(token.expiresAt).toISOString()} />
            </>
          )}
        </Typography>
        <SoftButton
          size="small"
          harmless
          off={pending}
          whyNot={why}
          onClick={onIssue}
          aria-label={`Get a token for ${keyType}`}
        >
          Get a token
        </SoftButton>
      </Box>
      <CopyLine text={line.curl(token?.token ?? "<TOKEN>")} label={`${keyType} curl command`} />
    </Box>
  );
}

const head = { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1, mb: 0.25 };
