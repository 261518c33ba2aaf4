"use client";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import type { FormEvent, ReactNode } from "react";
import { BusyButton } from "../shared/BusyButton";
import { FailureWords } from "../shared/FailureWords";

interface Props {
  title: string;
  text?: string;
  submit: string;
  pending: boolean;
  failure: string;
  onSubmit: () => void;
  /** Where Cancel leads, on a page that can be left. */
  cancelTo?: string;
  children: ReactNode;
}

/** The one small form of a page: signing in, the first administrator, a new password. */
export function SessionCard({ title, text, submit, pending, failure, onSubmit, cancelTo, children }: Props) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) onSubmit();
  };
  return (
    <Container maxWidth="xs" sx={{ py: { xs: 4, sm: 8 } }}>
      <Typography variant="h1">{title}</Typography>
      {text && (
        <Typography color="textSecondary" sx={{ mt: 0.5 }}>
          {text}
        </Typography>
      )}
      <Paper
        variant="outlined"
        component="form"
        noValidate
        onSubmit={send}
        sx={{ p: { xs: 2, sm: 3 }, mt: 2.5 }}
      >
        <Stack spacing={2.5}>
          {failure && (
            <Alert severity="error">
              <FailureWords>{failure}</FailureWords>
            </Alert>
          )}
          {children}
          <BusyButton type="submit" variant="contained" busy={pending}>
            {submit}
          </BusyButton>
          {cancelTo && (
            <Button component={NextLink} href={cancelTo}>
              Cancel
            </Button>
          )}
        </Stack>
      </Paper>
    </Container>
  );
}
