"use client";
import { useState } from "react";
import type { Problem } from "#lib/edit/api";
import { ApiContext, ApiName, ApiVersion } from "#lib/schemas/definition";
import { EndpointUrl } from "#lib/schemas/endpointGroup";
import type { CreateResult, Failed } from "../shared/actionResults";

export const createFields = ["name", "context", "version", "endpoint"] as const;
export type CreateField = (typeof createFields)[number];
export type CreateInput = Record<CreateField, string>;
export type CreateErrors = Partial<Record<CreateField, string>>;

export type FindConflicts = (input: CreateInput) => Promise<{ ok: true; problems: Problem[] } | Failed>;
export type Create = (input: CreateInput) => Promise<CreateResult>;

const rules = { name: ApiName, context: ApiContext, version: ApiVersion, endpoint: EndpointUrl };

export const ownError = (field: CreateField, text: string) =>
  rules[field].safeParse(text).error?.issues[0]?.message;

/** Problems of a whole definition, at the fields of this form. */
export function byField(problems: Problem[]): CreateErrors {
  const errors: CreateErrors = {};
  for (const { path, message } of problems) {
    const field = createFields.find((f) => f === path[0]) ?? "endpoint";
    errors[field] ??= message;
  }
  return errors;
}

export function useCreateForm(onFindConflicts: FindConflicts) {
  const [input, setInput] = useState<CreateInput>({ name: "", context: "", version: "", endpoint: "" });
  const [errors, setErrors] = useState<CreateErrors>({});

  const change = (field: CreateField, text: string) => {
    const next = { ...input, [field]: text };
    setInput(next);
    // An error that is shown follows the typing; a new one waits until the field is left.
    if (errors[field]) setErrors({ ...errors, [field]: ownError(field, text) });
  };

  const leave = async (field: CreateField) => {
    if (input[field] === "" && field !== "endpoint") return;
    const error = ownError(field, input[field]);
    setErrors((e) => ({ ...e, [field]: error }));
    if (error || field === "endpoint" || input.version === "") return;
    const found = await onFindConflicts(input).catch(() => null);
    if (!found?.ok) return;
    const taken = byField(found.problems);
    setErrors((e) => ({
      ...e,
      name: taken.name ?? (input.name === "" ? e.name : ownError("name", input.name)),
      context: taken.context ?? (input.context === "" ? e.context : ownError("context", input.context)),
    }));
  };

  const validate = (): CreateErrors => {
    const found: CreateErrors = {};
    for (const field of createFields) {
      const error = ownError(field, input[field]);
      if (error) found[field] = error;
    }
    setErrors(found);
    return found;
  };

  const fill = (next: CreateInput) => {
    setInput(next);
    setErrors({});
  };

  return { input, errors, setErrors, change, leave, validate, fill };
}

export type CreateForm = ReturnType<typeof useCreateForm>;
