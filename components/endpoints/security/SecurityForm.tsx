"use client";
import Stack from "@mui/material/Stack";
import { type FormEvent, useState } from "react";
import { securityKindName, securityKinds, securityProblems } from "#lib/edit/endpointSecurity";
import { EndpointSecurity } from "#lib/schemas/security";
import { ChoiceField } from "../../editor/ChoiceField";
import { useShowWrong } from "../../shared/useShowWrong";
import { ApiKeyFields } from "./ApiKeyFields";
import { LoginFields } from "./LoginFields";
import { OAuthFields } from "./OAuthFields";

const hints = {
  none: "The backends let the gateway in as it is. What was entered for another choice is kept.",
  basic: "User name and password with every request (HTTP Basic).",
  digest: "User name, and a proof of the password, which is never sent itself (HTTP Digest).",
  oauth2: "A token, which the gateway gets and renews by itself.",
  apiKey: "A fixed key in a header or in the query.",
};
const choices = securityKinds.map((kind) => ({
  value: kind,
  label: securityKindName(kind),
  hint: hints[kind],
}));

/** Ids of the fields by their path, to go to the first that is wrong. */
export const securityFieldIds: Record<string, string> = {
  "basic/username": "auth-userName",
  "basic/password": "auth-password",
  "digest/username": "auth-userName",
  "digest/password": "auth-password",
  "oauth2/tokenUrl": "auth-tokenUrl",
  "oauth2/clientId": "auth-clientId",
  "oauth2/clientSecret": "auth-clientSecret",
  "oauth2/username": "auth-userName",
  "oauth2/password": "auth-password",
  "oauth2/scopes": "auth-scopes",
  "oauth2/parameters": "auth-parameters",
  "apiKey/name": "auth-apiKeyName",
  "apiKey/value": "auth-apiKeyValue",
};

interface Props {
  security: EndpointSecurity;
  onSave: (security: EndpointSecurity) => void;
}

export function SecurityForm({ security, onSave }: Props) {
  const [form, setForm] = useState(security);
  const [tried, setTried] = useState(false);
  const showWrong = useShowWrong();
  const problems = problemsOf(form);
  const problemAt = (path: string) => (tried ? problems.get(path) : undefined);
  const set = (change: Partial<EndpointSecurity>) => setForm({ ...form, ...change });
  const { kind } = form;

  const save = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setTried(true);
    const [first] = problems.keys();
    if (first === undefined) onSave(EndpointSecurity.parse(form));
    else showWrong(securityFieldIds[first] ?? "");
  };

  return (
    <Stack component="form" id="security-form" noValidate onSubmit={save} spacing={2.5} autoComplete="off">
      <ChoiceField
        id="auth-type-select"
        label="Endpoint Security Type"
        value={kind}
        choices={choices}
        onChange={(value) => set({ kind: EndpointSecurity.shape.kind.parse(value) })}
      />
      {(kind === "basic" || kind === "digest") && (
        <LoginFields
          key={kind}
          value={form[kind]}
          stored={security[kind].password}
          problemAt={(field) => problemAt(`${kind}/${field}`)}
          onChange={(login) => set({ [kind]: login })}
        />
      )}
      {kind === "oauth2" && (
        <OAuthFields
          value={form.oauth2}
          stored={security.oauth2}
          problemAt={(field) => problemAt(`oauth2/${field}`)}
          onChange={(oauth2) => set({ oauth2 })}
        />
      )}
      {kind === "apiKey" && (
        <ApiKeyFields
          value={form.apiKey}
          stored={security.apiKey.value}
          problemAt={(field) => problemAt(`apiKey/${field}`)}
          onChange={(apiKey) => set({ apiKey })}
        />
      )}
    </Stack>
  );
}

/** What is malformed or missing for the chosen kind, by path. */
function problemsOf(form: EndpointSecurity): Map<string, string> {
  const parsed = EndpointSecurity.safeParse(form);
  const malformed = parsed.error?.issues.filter((issue) => issue.path[0] === form.kind) ?? [];
  const found = [...malformed, ...securityProblems(form)].map(
    ({ path, message }) => [path.slice(0, 2).join("/"), message] as const,
  );
  return new Map(found);
}
