"use client";
import Checkbox from "@mui/material/Checkbox";
import FormControl from "@mui/material/FormControl";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormHelperText from "@mui/material/FormHelperText";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState } from "react";
import type { EndpointGroup, GroupPolicy } from "#lib/edit/endpoints";
import { Session } from "#lib/schemas/endpointGroup";
import { OTHER } from "#lib/traffic/algorithms";
import { ChoiceField } from "../../editor/ChoiceField";
import { algorithmChoices, sessionChoices } from "../../editor/choices";
import { durationWords } from "../../shared/durationWords";
import { useShowWrong } from "../../shared/useShowWrong";
import { ClassNameField } from "./ClassNameField";
import { HashFields, type HashSettings, hashProblem } from "./HashFields";

interface Props {
  group: EndpointGroup;
  onSave: (policy: GroupPolicy) => void;
}

export function LoadBalanceForm({ group, onSave }: Props) {
  const { algorithm, failover } = group;
  const [name, setName] = useState(algorithm.name);
  const [className, setClassName] = useState(algorithm.className);
  const [hash, setHash] = useState(algorithm.settings.hash as HashSettings);
  const session = useSession(group.session);
  const [enableFailover, setEnableFailover] = useState(failover);
  const showWrong = useShowWrong();
  const [tried, setTried] = useState(false);
  const classProblem =
    name === OTHER && className.trim() === "" ? "Enter the class name of the algorithm." : undefined;

  const save = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setTried(true);
    if (classProblem) return showWrong("customAlgoInput");
    if (name === "hash" && hashProblem(hash)) return showWrong("hashHeader");
    if (session.kind === "clientId" && session.headerProblem) return showWrong("sessionHeader");
    if (session.timeoutProblem) return showWrong("sessionTimeout");
    onSave({
      algorithm: { name, className: className.trim(), settings: { ...algorithm.settings, hash } },
      session: session.value(),
      failover: enableFailover,
    });
  };

  return (
    <Stack component="form" id="load-balance-form" noValidate onSubmit={save} spacing={2.5} sx={{ pt: 1 }}>
      <ChoiceField
        id="algorithmSelect"
        label="Algorithm"
        value={name}
        choices={algorithmChoices}
        onChange={(value) => setName(value as typeof name)}
      />
      {name === OTHER && (
        <ClassNameField
          value={className}
          problem={tried ? classProblem : undefined}
          onChange={setClassName}
        />
      )}
      {name === "hash" && <HashFields value={hash} onChange={setHash} />}
      <SessionFields session={session} />
      <FailoverField checked={enableFailover} onChange={setEnableFailover} />
    </Stack>
  );
}

/** A session while it is edited. */
function useSession(saved: EndpointGroup["session"]) {
  const [kind, setKind] = useState<string>(saved.kind);
  const [header, setHeader] = useState(saved.header);
  const [timeout, setTimeoutText] = useState(String(saved.timeoutMs));
  const timeoutMs = /^\s*\d+\s*$/.test(timeout) ? Number(timeout) : Number.NaN;
  const timeoutProblem = Session.shape.timeoutMs.safeParse(timeoutMs).error?.issues[0]?.message;
  const headerProblem = Session.shape.header.safeParse(header).error?.issues[0]?.message;
  const value = () => ({
    kind: Session.shape.kind.parse(kind),
    timeoutMs,
    header: headerProblem ? saved.header : header,
  });
  return {
    kind,
    setKind,
    header,
    setHeader,
    headerProblem,
    timeout,
    setTimeoutText,
    timeoutMs,
    timeoutProblem,
    value,
  };
}

function SessionFields({ session }: { session: ReturnType<typeof useSession> }) {
  const { kind, header, headerProblem, timeout, timeoutMs, timeoutProblem } = session;
  const unused = kind === "none" ? ", not used while Session Management is None" : "";
  return (
    <>
      <ChoiceField
        id="sessionMgtSelect"
        label="Session Management"
        value={kind}
        choices={sessionChoices}
        onChange={session.setKind}
      />
      {kind === "clientId" && (
        <TextField
          id="sessionHeader"
          label="HTTP header with the ID"
          value={header}
          onChange={(event) => session.setHeader(event.target.value)}
          error={Boolean(headerProblem)}
          helperText={headerProblem ?? "SOAP callers may send a ClientID in the SOAP header instead."}
          autoComplete="off"
        />
      )}
      <TextField
        id="sessionTimeout"
        label="Session Timeout (Millis)"
        value={timeout}
        onChange={(event) => session.setTimeoutText(event.target.value)}
        error={Boolean(timeoutProblem)}
        helperText={timeoutProblem ?? `${durationWords(timeoutMs)} after the last request${unused}.`}
        autoComplete="off"
        slotProps={{ htmlInput: { inputMode: "numeric", maxLength: 15 } }}
      />
    </>
  );
}

function FailoverField({ checked, onChange }: { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <FormControl>
      <FormControlLabel
        control={
          <Checkbox
            id="failOver"
            size="small"
            checked={checked}
            onChange={(event) => onChange(event.target.checked)}
            slotProps={{ input: { "aria-describedby": "failOver-hint" } }}
          />
        }
        label="Enable Failover"
      />
      <FormHelperText id="failOver-hint" sx={{ mt: 0 }}>
        {checked
          ? "When an endpoint fails, the request goes to another one."
          : "When an endpoint fails, its error goes to the client; no other endpoint is tried."}
      </FormHelperText>
    </FormControl>
  );
}
