"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { BusyButton } from "../shared/BusyButton";
import { FailureWords } from "../shared/FailureWords";
import { CreateTextField, focusFirst, NameFields } from "./NameFields";
import {
  byField,
  type Create,
  type CreateErrors,
  type CreateForm,
  type FindConflicts,
  useCreateForm,
} from "./useCreateForm";

interface Props {
  onCreate: Create;
  onFindConflicts: FindConflicts;
}

export function CreateApiForm({ onCreate, onFindConflicts }: Props) {
  const form = useCreateForm(onFindConflicts);
  const { failure, pending, submit } = useCreating(form, onCreate);
  return (
    <Container maxWidth="sm" sx={{ py: 4 }}>
      <Typography variant="h1">Create an API</Typography>
      <Typography color="textSecondary" sx={{ mt: 0.5, mb: 2.5 }}>
        It starts with GET, POST, PUT, DELETE and PATCH on every path.
      </Typography>
      <Paper variant="outlined" component="form" noValidate onSubmit={submit} sx={{ p: { xs: 2, sm: 3 } }}>
        <Stack spacing={2.5}>
          {failure && (
            <Alert severity="error">
              <FailureWords>{failure}</FailureWords>
            </Alert>
          )}
          <NameFields form={form} />
          <CreateTextField
            form={form}
            name="endpoint"
            label="Endpoint"
            placeholder="http://appserver/resource"
            helper="Optional. Becomes the production and the sandbox endpoint."
          />
          <Box sx={{ display: "flex", gap: 1 }}>
            <BusyButton type="submit" variant="contained" busy={pending} id="itest-create-default-api-button">
              Create
            </BusyButton>
            <Button component={NextLink} href="/apis">
              Cancel
            </Button>
          </Box>
        </Stack>
      </Paper>
    </Container>
  );
}

function useCreating(form: CreateForm, onCreate: Create) {
  const router = useRouter();
  const announce = useAnnounce();
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();
  const { input } = form;

  const showFirst = (errors: CreateErrors) => announce(focusFirst(errors));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const errors = form.validate();
    setFailure("");
    if (Object.values(errors).some(Boolean)) return showFirst(errors);
    // What was wrong a moment ago is not, and must not be met on the next page.
    announce("");
    startTransition(async () => {
      const result = await answerOf(onCreate(input));
      if (result.ok) return router.push(`/apis/${result.id}${input.endpoint.trim() ? "" : "/endpoints"}`);
      if (result.kind === "failed") return setFailure(result.message);
      const refused = byField(result.problems);
      form.setErrors(refused);
      showFirst(refused);
    });
  };

  return { failure, pending, submit };
}
