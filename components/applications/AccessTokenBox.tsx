"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState, useTransition } from "react";
import type { KeyType } from "#lib/edit/endpoints";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { CopyLine } from "../shared/CopyLine";
import { FailureWords } from "../shared/FailureWords";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import type { AccessToken, ApplicationActions } from "./applicationResults";

interface Props extends Pick<ApplicationActions, "onToken" | "onRevokeToken"> {
  applicationId: string;
  keyType: KeyType;
}

/** A token for trying out, without the secret. */
export function AccessTokenBox({ applicationId, keyType, onToken, onRevokeToken }: Props) {
  const announce = useAnnounce();
  const [token, setToken] = useState<AccessToken | null>(null);
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();

  const generate = () =>
    startTransition(async () => {
      setFailure("");
      const result = await answerOf(onToken(applicationId, keyType));
      if (result.ok) setToken(result);
      else setFailure(result.message);
    });
  const revoke = () =>
    startTransition(async () => {
      if (!token) return;
      setFailure("");
      const result = await answerOf(onRevokeToken(token.token));
      if (!result.ok) return setFailure(result.message);
      setToken(null);
      announce("The token is revoked.");
    });

  return (
    <Box sx={{ display: "grid", gap: 1, gridTemplateColumns: "minmax(0, 1fr)" }}>
      {failure && (
        <Alert severity="error">
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      {token && (
        <>
          <CopyLine text={token.token} label={`${keyType} access token`} />
          <Typography variant="body2" color="textSecondary" role="status">
            The token is valid until <LocalTime at={new Date(token.expiresAt).toISOString()} />, or until it
            is revoked.
          </Typography>
        </>
      )}
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        <SoftButton
          needs="application.manage"
          variant="outlined"
          off={pending}
          aria-label={`Generate Access Token for ${keyType}`}
          onClick={generate}
        >
          Generate Access Token
        </SoftButton>
        {token && (
          <SoftButton needs="application.manage" off={pending} onClick={revoke}>
            Revoke this token
          </SoftButton>
        )}
      </Box>
    </Box>
  );
}
