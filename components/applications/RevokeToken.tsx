"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState, useTransition } from "react";
import { Section } from "../editor/Section";
import { useAccess } from "../shared/Access";
import { answerOf } from "../shared/results";
import { SoftButton } from "../shared/SoftButton";
import type { ApplicationActions } from "./results";

type Told = { severity: "success" | "error"; text: string };

export function RevokeToken({ onRevokeToken }: Pick<ApplicationActions, "onRevokeToken">) {
  const reason = useAccess().reason("application.manage");
  const [token, setToken] = useState("");
  const [told, setTold] = useState<Told | null>(null);
  const [pending, startTransition] = useTransition();
  const revoke = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === "" || pending) return;
    startTransition(async () => {
      const result = await answerOf(onRevokeToken(token));
      setTold(
        result.ok
          ? { severity: "success", text: "The token has ended: calls made with it are answered 401." }
          : { severity: "error", text: result.message },
      );
      if (result.ok) setToken("");
    });
  };
  return (
    <Section
      heading="h2"
      title="Revoke a token"
      text="One that got into the wrong hands, whichever application has it."
    >
      {told && (
        <Alert severity={told.severity} role={told.severity === "error" ? "alert" : "status"}>
          {told.text}
        </Alert>
      )}
      <Box component="form" noValidate onSubmit={revoke} sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        <TextField
          id="revoke-token"
          label="Token"
          value={token}
          disabled={reason !== ""}
          onChange={(event) => setToken(event.target.value)}
          autoComplete="off"
          sx={{ flex: "1 1 260px" }}
          slotProps={{ htmlInput: { spellCheck: false, maxLength: 8_192 } }}
        />
        <SoftButton
          type="submit"
          variant="outlined"
          needs="application.manage"
          off={pending || token.trim() === ""}
        >
          Revoke Token
        </SoftButton>
      </Box>
    </Section>
  );
}
