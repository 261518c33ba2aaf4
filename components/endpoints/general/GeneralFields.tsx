"use client";
import Stack from "@mui/material/Stack";
import type { ApiDefinition, Limits } from "#lib/edit/api";
import { editPolicy, effectiveGroup, type GroupPolicy, keyTypes } from "#lib/edit/endpoints";
import type { ProblemAt } from "../../editor/problems";
import type { EditDefinition } from "../../editor/useEditor";
import { type Certificates, CertificatesPanel } from "../certificates/CertificatesPanel";
import { HealthFields } from "./HealthFields";
import { LimitFields } from "./LimitFields";
import { RetryFields } from "./RetryFields";

export interface GeneralFieldsProps {
  definition: ApiDefinition;
  edit: EditDefinition;
  pause: () => void;
  problemAt: ProblemAt;
  certificates: Certificates;
}

/** What General Endpoint Configurations holds, by itself because most visits do not open it. */
export function GeneralFields({ definition, edit, pause, problemAt, certificates }: GeneralFieldsProps) {
  const { limits, endpoints } = definition;
  const owners = endpoints.sandboxSeparate ? keyTypes : (["production"] as const);
  const editLimits = (change: Partial<Limits>, key: string) =>
    edit((d) => ({ ...d, limits: { ...d.limits, ...change } }), `limits-${key}`);
  return (
    <Stack spacing={3}>
      <CertificatesPanel definition={definition} certificates={certificates} />
      <LimitFields limits={limits} onEdit={editLimits} onLeave={pause} problemAt={problemAt} />
      {owners.map((keyType) => {
        const shared = {
          keyType,
          separate: endpoints.sandboxSeparate,
          group: effectiveGroup(endpoints, keyType),
          onEdit: (policy: GroupPolicy, key: string) =>
            edit((d) => ({ ...d, endpoints: editPolicy(d.endpoints, keyType, policy) }), `${keyType}-${key}`),
          onLeave: pause,
          problemAt,
        };
        return (
          <Stack key={keyType} spacing={3}>
            <HealthFields {...shared} />
            <RetryFields {...shared} limits={limits} onEditLimits={editLimits} />
          </Stack>
        );
      })}
    </Stack>
  );
}
