"use client";
import TextField from "@mui/material/TextField";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplicationInput } from "#lib/schemas/application";
import { FormDialog } from "../shared/FormDialog";
import type { SaveApplication } from "./applicationResults";

interface Props {
  /** The one that is changed; none for a new one. */
  application?: { id: string; name: string; description: string };
  onSave: SaveApplication;
  onClose: () => void;
}

export function ApplicationDialog({ application, onSave, onClose }: Props) {
  const router = useRouter();
  const [input, setInput] = useState({
    name: application?.name ?? "",
    description: application?.description ?? "",
  });
  const [insist, setInsist] = useState(false);
  const issues = ApplicationInput.safeParse(input).error?.issues ?? [];
  const wrong = (field: keyof typeof input) =>
    insist ? issues.find((issue) => issue.path[0] === field)?.message : undefined;
  const firstWrong = () => {
    setInsist(true);
    return issues[0] && `application-${String(issues[0].path[0])}`;
  };
  const save = async () => {
    const result = await onSave(input, application?.id);
    if (result.ok && !application) router.push(`/applications/${result.id}`);
    return result;
  };
  return (
    <FormDialog
      title={application ? "Edit application" : "Create application"}
      text={application ? undefined : "Somebody or something that calls APIs: an app, a partner, a job."}
      submit={application ? "Save" : "Create"}
      done={`${input.name} is ${application ? "saved" : "created"}.`}
      firstWrong={firstWrong}
      onSubmit={save}
      onClose={onClose}
    >
      <TextField
        id="application-name"
        label="Name"
        required
        autoFocus
        autoComplete="off"
        value={input.name}
        error={Boolean(wrong("name"))}
        helperText={wrong("name")}
        onChange={(event) => setInput({ ...input, name: event.target.value })}
      />
      <TextField
        id="application-description"
        label="Description"
        multiline
        minRows={2}
        value={input.description}
        error={Boolean(wrong("description"))}
        helperText={wrong("description") ?? "Optional, for example who to ask about it"}
        onChange={(event) => setInput({ ...input, description: event.target.value })}
      />
    </FormDialog>
  );
}
