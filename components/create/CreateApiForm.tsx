"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { normalizeContext } from "#lib/api";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/results";
import {
  byField,
  type Create,
  type CreateErrors,
  type CreateField,
  createFields,
  type FindConflicts,
  useCreateForm,
} from "./useCreateForm";

const ids: Record<CreateField, string> = {
  name: "itest-id-apiname-input",
  context: "itest-id-apicontext-input",
  version: "itest-id-apiversion-input",
  endpoint: "itest-id-apiendpoint-input",
};

export function CreateApiForm(props: { onCreate: Create; onFindConflicts: FindConflicts }) {
  const router = useRouter();
  const announce = useAnnounce();
  const form = useCreateForm(props.onFindConflicts);
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();
  const { input } = form;

  const showFirst = (errors: CreateErrors) => {
    const first = createFields.find((f) => errors[f]);
    if (!first) return;
    document.getElementById(ids[first])?.focus();
    announce(errors[first] ?? "");
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const errors = form.validate();
    setFailure("");
    if (Object.values(errors).some(Boolean)) return showFirst(errors);
    startTransition(async () => {
      const result = await answerOf(props.onCreate(input));
      if (result.ok) return router.push(`/apis/${result.id}${input.endpoint.trim() ? "" : "/endpoints"}`);
      if (result.kind === "failed") return setFailure(result.message);
      const refused = byField(result.problems);
      form.setErrors(refused);
      showFirst(refused);
    });
  };

  const field = (name: CreateField, helper: string) => ({
    id: ids[name],
    value: input[name],
    error: Boolean(form.errors[name]),
    helperText: form.errors[name] ?? helper,
    onChange: (event: { target: { value: string } }) => form.change(name, event.target.value),
    onBlur: () => void form.leave(name),
    fullWidth: true,
    autoComplete: "off",
    slotProps: { htmlInput: { spellCheck: false } },
  });
  const path = normalizeContext(input.context) || "/{context}";
  const version = input.version || "{version}";
  const exposed = path.includes("{version}") ? path.replace("{version}", version) : `${path}/${version}`;

  return (
    <Container maxWidth="sm" sx={{ py: 4 }}>
      <Typography variant="h1">Create an API</Typography>
      <Typography color="textSecondary" sx={{ mt: 0.5, mb: 2.5 }}>
        It starts with GET, POST, PUT, DELETE and PATCH on every path.
      </Typography>
      <Paper variant="outlined" component="form" noValidate onSubmit={submit} sx={{ p: { xs: 2, sm: 3 } }}>
        <Stack spacing={2.5}>
          {failure && <Alert severity="error">{failure}</Alert>}
          <TextField
            label="Name"
            required
            {...field("name", "How people find it, for example Pizza Shack")}
          />
          <TextField
            label="Context"
            required
            {...field("context", `API will be exposed in ${exposed} at the gateway`)}
          />
          <TextField label="Version" required {...field("version", "For example 1.0.0")} />
          <TextField
            label="Endpoint"
            placeholder="http://appserver/resource"
            {...field("endpoint", "Optional. Becomes the production and the sandbox endpoint.")}
          />
          <Box sx={{ display: "flex", gap: 1 }}>
            <Button type="submit" variant="contained" loading={pending} id="itest-create-default-api-button">
              Create
            </Button>
            <Button component={NextLink} href="/apis">
              Cancel
            </Button>
          </Box>
        </Stack>
      </Paper>
    </Container>
  );
}
