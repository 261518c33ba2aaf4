"use client";
import TextField from "@mui/material/TextField";
import { normalizeContext } from "#lib/edit/api";
import {
  type CreateErrors,
  type CreateField,
  type CreateForm,
  createFields,
  ownError,
} from "./useCreateForm";

const ids: Record<CreateField, string> = {
  name: "itest-id-apiname-input",
  context: "itest-id-apicontext-input",
  version: "itest-id-apiversion-input",
  endpoint: "itest-id-apiendpoint-input",
};

/** Focuses the first field that is wrong and gives its message. */
export function focusFirst(errors: CreateErrors): string {
  const first = createFields.find((f) => errors[f]);
  if (!first) return "";
  document.getElementById(ids[first])?.focus();
  return errors[first] ?? "";
}

export function CreateTextField({
  form,
  name,
  helper,
  ...rest
}: {
  form: CreateForm;
  name: CreateField;
  helper: string;
  label: string;
  required?: boolean;
  placeholder?: string;
}) {
  return (
    <TextField
      {...rest}
      id={ids[name]}
      value={form.input[name]}
      error={Boolean(form.errors[name])}
      helperText={form.errors[name] ?? helper}
      onChange={(event) => form.change(name, event.target.value)}
      onBlur={({ relatedTarget: to }) => {
        // The button checks all fields; a message that comes before it is let go would move it away.
        if (to instanceof HTMLButtonElement && to.type === "submit") return;
        void form.leave(name);
      }}
      fullWidth
      autoComplete="off"
      slotProps={{
        htmlInput: {
          spellCheck: false,
          // Where a phone would begin with a capital, as is right for a name alone.
          autoCapitalize: name === "name" ? undefined : "none",
          inputMode: name === "endpoint" ? "url" : undefined,
        },
      }}
    />
  );
}

/** How an API is called and where it answers. */
export function NameFields({ form }: { form: CreateForm }) {
  const { input } = form;
  const path = normalizeContext(input.context) || "/{context}";
  const version = ownError("version", input.version) ? "{version}" : input.version;
  const exposed = path.includes("{version}") ? path.replace("{version}", version) : `${path}/${version}`;
  return (
    <>
      <CreateTextField
        form={form}
        name="name"
        label="Name"
        required
        helper="How people find it, for example Pizza Shack"
      />
      <CreateTextField
        form={form}
        name="context"
        label="Context"
        required
        helper={`API will be exposed in ${exposed} at the gateway`}
      />
      <CreateTextField form={form} name="version" label="Version" required helper="For example 1.0.0" />
    </>
  );
}
