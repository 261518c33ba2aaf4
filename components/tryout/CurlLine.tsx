"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { Role } from "#lib/access/roles";
import { whyNoToken } from "#lib/access/trying";
import type { ApiDefinition } from "#lib/edit/api";
import { useLive } from "../frame/LiveContext";
import { invocation } from "../overview/invocationUrls";
import { useTestTokens } from "../overview/useTestTokens";
import { CopyLine } from "../shared/CopyLine";
import { FailureWords } from "../shared/FailureWords";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import { curlOf } from "./curl";
import type { Sending } from "./sending";

interface Props {
  id: string;
  definition: ApiDefinition;
  request: Sending;
  role: Role;
}

/** The request as a line for a terminal, with a token in it once somebody asks for one. */
export function CurlLine({ id, definition, request, role }: Props) {
  const { report, onTestToken } = useLive();
  const urls = report.gateway?.urls ?? null;
  const tokenKey = (urls && invocation(definition, urls)?.tokenKey) ?? "";
  const { tokens, failure, pending, issue } = useTestTokens(id, tokenKey, onTestToken);
  const { keyType } = request;
  const token = tokens[keyType];
  const curl = curlOf(definition, urls, request, token?.token);
  const whyNot = whyNoToken(role, keyType);
  if (!curl) return null;
  return (
    <>
      {failure && (
        <Alert severity="error">
          No token. <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      <CopyLine text={curl} label="curl command" />
      {definition.security.kind === "jwt" && (
        <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 }}>
          <SoftButton
            size="small"
            harmless
            whyNot={whyNot}
            busy={pending !== null}
            onClick={() => void issue(keyType)}
          >
            Get a token
          </SoftButton>
          <Typography variant="body2" color="textSecondary" sx={{ flex: "1 1 260px" }}>
            {token ? (
              <>
                The token in this line is valid until{" "}
                <LocalTime at={new Date(token.expiresAt).toISOString()} />.
              </>
            ) : (
              whyNot || "Requests from this page bring a token of yours; this line needs one of its own."
            )}
          </Typography>
        </Box>
      )}
    </>
  );
}
