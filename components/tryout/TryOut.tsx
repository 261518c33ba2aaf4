"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import FormControlLabel from "@mui/material/FormControlLabel";
import Link from "@mui/material/Link";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { type FormEvent, useEffect, useRef } from "react";
import type { Role } from "#lib/access/roles";
import { type Reach, whyNotOperation } from "#lib/access/trying";
import type { ApiDefinition } from "#lib/edit/api";
import type { EndpointGroup, KeyType } from "#lib/edit/endpoints";
import { Section } from "../editor/Section";
import { FailureWords } from "../shared/FailureWords";
import { keyTypeTitles } from "../shared/keyTypes";
import { SoftButton } from "../shared/SoftButton";
import { AnswerView } from "./AnswerView";
import { CurlLine } from "./CurlLine";
import { Spread } from "./Spread";
import type { Send } from "./sending";
import { type TryOutState, useTryOut } from "./useTryOut";

interface Props {
  id: string;
  /** The live one; null when nothing is. */
  definition: ApiDefinition | null;
  keyTypes: KeyType[];
  role: Role;
  /** What of production that role may try. */
  reach: Reach;
  onSend: Send;
}

export function TryOut({ definition, ...props }: Props) {
  return (
    <Box sx={{ pb: 3 }}>
      <Typography variant="h2" sx={{ mb: 2 }}>
        Try Out
      </Typography>
      {definition ? (
        <TryOutForm definition={definition} {...props} />
      ) : (
        <Section title="Nothing to try out yet">
          <Typography variant="body2">
            This API is not deployed.{" "}
            <Link component={NextLink} href={`/apis/${props.id}/deployments`}>
              Deploy it
            </Link>{" "}
            first.
          </Typography>
        </Section>
      )}
    </Box>
  );
}

const MAX_LISTED = 200;

function TryOutForm({ definition, role, ...props }: Props & { definition: ApiDefinition }) {
  const form = useTryOut({ definition, ...props });
  const { request, resource, keyType } = form;
  const whyNot = whyNotOperation(role, props.reach, definition, resource, keyType, request.method);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!whyNot) void form.send(1);
  };
  const own = resource?.endpoints?.[keyType];
  return (
    <Stack spacing={2}>
      <Section title="Request">
        <Box component="form" onSubmit={submit} sx={{ display: "grid", gap: 2 }}>
          <TargetFields form={form} definition={definition} keyTypes={props.keyTypes} />
          <ContentFields form={form} />
          {whyNot && (
            <Alert severity="info" id="try-out-why-not">
              {whyNot}
            </Alert>
          )}
          <SendButtons form={form} whyNot={whyNot} />
        </Box>
        <CurlLine id={props.id} definition={definition} request={request} role={role} />
      </Section>
      {form.failure && (
        <Alert severity="error">
          <FailureWords>{form.failure}</FailureWords>
        </Alert>
      )}
      <Answers form={form} group={own?.enabled ? own : definition.endpoints[keyType]} />
    </Stack>
  );
}

interface TargetProps {
  form: TryOutState;
  definition: ApiDefinition;
  keyTypes: KeyType[];
}

/** Where the request goes. */
function TargetFields({ form, definition, keyTypes }: TargetProps) {
  const { resources, security } = definition;
  return (
    <Box sx={fields}>
      {security.kind === "jwt" && (
        <TextField
          select
          label="Environment"
          value={form.keyType}
          onChange={(event) => form.setKeyType(event.target.value as KeyType)}
        >
          {keyTypes.map((keyType) => (
            <MenuItem key={keyType} value={keyType}>
              {keyTypeTitles[keyType]}
            </MenuItem>
          ))}
        </TextField>
      )}
      <TextField
        select
        label="Resource"
        value={form.chosen}
        onChange={(event) => form.choose(event.target.value)}
      >
        {resources.slice(0, MAX_LISTED).map(({ method, path }, i) => (
          <MenuItem key={`${method} ${path}`} value={String(i)}>
            {method} {path}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        label="Path"
        error={form.problems.path !== ""}
        helperText={form.problems.path || "Fill in what stands in braces; add ?name=value for a query"}
        id="try-out-path"
        value={form.request.path}
        onChange={(event) => form.change({ path: event.target.value })}
        slotProps={{ htmlInput: { spellCheck: false } }}
      />
    </Box>
  );
}

/** What goes with it. */
function ContentFields({ form }: { form: TryOutState }) {
  const { request } = form;
  return (
    <>
      <TextField
        label="Headers"
        placeholder="Accept: application/json"
        error={form.problems.headers !== ""}
        helperText={form.problems.headers || "One on each line"}
        id="try-out-headers"
        value={form.headers}
        onChange={(event) => form.setHeaders(event.target.value)}
        multiline
        minRows={2}
        slotProps={{ htmlInput: { spellCheck: false } }}
      />
      {!["GET", "HEAD"].includes(request.method) && (
        <TextField
          label="Body"
          value={request.body}
          onChange={(event) => form.change({ body: event.target.value })}
          multiline
          minRows={3}
          slotProps={{ htmlInput: { spellCheck: false } }}
        />
      )}
    </>
  );
}

function SendButtons({ form, whyNot }: { form: TryOutState; whyNot: string }) {
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 }}>
      <SoftButton type="submit" variant="contained" harmless whyNot={whyNot} busy={form.busy === "send"}>
        Send
      </SoftButton>
      <SoftButton
        variant="outlined"
        harmless
        whyNot={whyNot}
        busy={form.busy === "row"}
        onClick={() => void form.send(10)}
      >
        Send 10 requests
      </SoftButton>
      <FormControlLabel
        control={<Switch checked={form.keep} onChange={(event) => form.setKeep(event.target.checked)} />}
        label="Keep the session"
        sx={{ ml: 0 }}
      />
      {form.request.cookie && (
        <Button size="small" onClick={form.forget}>
          Forget the session
        </Button>
      )}
      {(form.busy === "send" || form.busy === "row") && (
        <Typography variant="body2" color="textSecondary">
          Waiting for {form.busy === "send" ? "the answer" : "the answers"}…
        </Typography>
      )}
    </Box>
  );
}

function Answers({ form, group }: { form: TryOutState; group: EndpointGroup }) {
  const { answers, failures } = form;
  const result = useRef<HTMLDivElement>(null);
  // On a phone it comes below what is seen.
  useEffect(() => {
    if (answers.length > 0) result.current?.scrollIntoView({ block: "nearest" });
  }, [answers]);
  return (
    <Box ref={result} sx={{ "&:empty": { display: "none" }, scrollMarginBlock: 16 }}>
      {answers.length === 1 && failures === 0 && <AnswerView answer={answers[0]!} />}
      {answers.length + failures > 1 && <Spread answers={answers} failures={failures} group={group} />}
    </Box>
  );
}

const fields = {
  display: "grid",
  gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "10rem minmax(0, 1fr) minmax(0, 1fr)" },
  gap: 2,
};
