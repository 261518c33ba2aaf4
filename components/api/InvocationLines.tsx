"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { KeyType } from "#lib/endpoints";
import { CopyLine } from "../shared/CopyLine";
import { keyTypeTitles } from "../shared/keyTypes";
import { LocalTime } from "../shared/LocalTime";
import type { TestToken } from "../shared/results";
import { SoftButton } from "../shared/SoftButton";
import type { Invocation } from "./invocation";
import { useLive } from "./LiveContext";
import { useTestTokens } from "./useTestTokens";

/** The API's address, and a line for each key type that can be pasted into a shell as it is; `brief`: the first line. */
export function InvocationLines({ line: all, brief = false }: { line: Invocation; brief?: boolean }) {
  const { id, onTestTokens } = useLive();
  const line = brief ? { ...all, keyTypes: all.keyTypes.slice(0, 1) } : all;
  const { tokens, failure, pending, issue } = useTestTokens(id, line, onTestTokens);
  return (
    <Stack spacing={1.25}>
      {!brief && <CopyLine text={line.url} label="invocation URL" />}
      {failure && <Alert severity="error">No token. {failure}</Alert>}
      {line.keyTypes.map((keyType) => (
        <TokenLine
          key={keyType}
          keyType={keyType}
          line={line}
          token={tokens[keyType]}
          pending={pending.includes(keyType)}
          onIssue={() => void issue([keyType])}
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
  return (
    <Box role="group" aria-label={keyTypeTitles[keyType]} aria-busy={pending}>
      <Box sx={head}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {keyTypeTitles[keyType]}
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ flex: 1, whiteSpace: "nowrap" }}>
          {pending && "Getting a token"}
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
          onClick={onIssue}
          aria-label={`Generate Key for ${keyType}`}
        >
          Generate Key
        </SoftButton>
      </Box>
      <CopyLine text={line.curl(token?.token ?? "<TOKEN>")} label={`${keyType} curl command`} />
    </Box>
  );
}

const head = { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1, mb: 0.25 };
