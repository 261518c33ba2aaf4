"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState, useTransition } from "react";
import { Section } from "../editor/Section";
import { useAccess } from "../shared/Access";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { SoftButton } from "../shared/SoftButton";
import type { ApplicationActions } from "./applicationResults";

const FIELD_ID = "revoke-token";

export function RevokeToken({ onRevokeToken }: Pick<ApplicationActions, "onRevokeToken">) {
  const reason = useAccess().reason("application.manage");
  const announce = useAnnounce();
  const [token, setToken] = useState("");
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState("");
  const [pending, startTransition] = useTransition();
  const revoke = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === "" || pending) return;
    startTransition(async () => {
      const result = await answerOf(onRevokeToken(token));
      setDone(result.ok);
      setProblem(result.ok ? "" : result.message);
      if (result.ok) return setToken("");
      announce(result.message);
      document.getElementById(FIELD_ID)?.focus();
    });
  };
  return (
    <Section
      heading="h2"
      title="Revoke a token"
      text="One that got into the wrong hands, whichever application has it."
    >
      {done && (
        <Alert severity="success" role="status">
          The token has ended: calls made with it are answered 401.
        </Alert>
      )}
      <Box component="form" noValidate onSubmit={revoke} sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        <TextField
          id={FIELD_ID}
          label="Token"
          value={token}
          disabled={reason !== ""}
          error={problem !== ""}
          helperText={problem}
          onChange={(event) => {
            setToken(event.target.value);
            setProblem("");
            setDone(false);
          }}
          autoComplete="off"
          sx={{ flex: "1 1 260px" }}
          slotProps={{ htmlInput: { spellCheck: false, maxLength: 8_192 } }}
        />
        <SoftButton
          type="submit"
          variant="outlined"
          needs="application.manage"
          sx={{ alignSelf: "flex-start", minHeight: 38 }}
          off={pending || token.trim() === ""}
        >
          Revoke Token
        </SoftButton>
      </Box>
    </Section>
  );
}
