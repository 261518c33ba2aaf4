"use client";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { IssuerInput } from "#lib/access/tokens";
import { WordsField } from "../editor/WordsField";
import { FormDialog } from "../shared/FormDialog";
import type { Issuer, IssuerActions } from "./settingsResults";

interface Props {
  /** The one that is changed; none for a new one. */
  issuer: Issuer | undefined;
  onSave: IssuerActions["onSave"];
  onClose: () => void;
}

type Field = "name" | "issuer" | "jwksUrl";
const fields: { name: Field; label: string; helper: string }[] = [
  { name: "name", label: "Name", helper: "How people call it here" },
  { name: "issuer", label: "Issuer", helper: "What its tokens say in the claim iss, to the letter" },
  { name: "jwksUrl", label: "JWKS URL", helper: "Where its public keys are" },
];

export function IssuerDialog({ issuer, onSave, onClose }: Props) {
  const [input, setInput] = useState<IssuerInput>(() => ({
    name: issuer?.name ?? "",
    issuer: issuer?.issuer ?? "",
    jwksUrl: issuer?.jwksUrl ?? "",
    audiences: issuer?.audiences ?? [],
    enabled: issuer?.enabled ?? true,
  }));
  const [insist, setInsist] = useState(false);
  const issues = IssuerInput.safeParse(input).error?.issues ?? [];
  const wrong = (field: keyof IssuerInput) =>
    insist ? issues.find((issue) => issue.path[0] === field)?.message : undefined;
  const firstWrong = () => {
    setInsist(true);
    return issues[0] && `issuer-${String(issues[0].path[0])}`;
  };
  return (
    <FormDialog
      title={issuer ? `Edit ${issuer.name}` : "Add issuer"}
      submit={issuer ? "Save" : "Add issuer"}
      done={`${input.name} is ${issuer ? "saved" : "added"}.`}
      firstWrong={firstWrong}
      onSubmit={() => onSave(input, issuer?.id)}
      onClose={onClose}
    >
      {fields.map(({ name, label, helper }) => (
        <TextField
          key={name}
          id={`issuer-${name}`}
          label={label}
          required
          autoFocus={name === "name"}
          autoComplete="off"
          value={input[name]}
          error={Boolean(wrong(name))}
          helperText={wrong(name) ?? helper}
          onChange={(event) => setInput({ ...input, [name]: event.target.value })}
          slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: "none" } }}
        />
      ))}
      <WordsField
        id="issuer-audiences"
        label="Audiences"
        placeholder="any"
        value={input.audiences}
        problem={wrong("audiences")}
        helper="A token has to name one of them; empty accepts any"
        onChange={(audiences) => setInput({ ...input, audiences })}
        onLeave={() => {}}
      />
    </FormDialog>
  );
}
