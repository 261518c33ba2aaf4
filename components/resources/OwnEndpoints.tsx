"use client";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { operationName, type Resource } from "#lib/edit/api";
import type { EndpointGroups } from "#lib/edit/endpoints";
import type { ProblemAt } from "../editor/problems";
import type { Removed } from "../editor/UndoSnackbar";
import { GroupsEditor } from "../endpoints/GroupsEditor";
import type { Checks } from "../endpoints/list/useChecks";
import { SoftButton } from "../shared/SoftButton";
import { inheritedWords, noEndpoints } from "./inherited";
import { OwnSettings } from "./OwnSettings";
import type { OpenPanels } from "./panels";

export interface OwnEndpointsProps {
  resource: Resource;
  /** The API's, which it inherits. */
  ofApi: EndpointGroups;
  edit: (change: (endpoints: EndpointGroups) => EndpointGroups | null, key?: string) => void;
  pause: () => void;
  problemAt: ProblemAt;
  insist: boolean;
  checks: Checks;
  panels: OpenPanels;
  onPanels: (change: Partial<OpenPanels>) => void;
  onRemoved: (removed: Removed) => void;
}

const BACK_ID = "use-the-endpoints-of-the-api";

/** The endpoints of one operation, in the very editor that the API's have. */
export function OwnEndpoints(props: OwnEndpointsProps) {
  const { resource, ofApi, edit, pause, problemAt, panels, onPanels, onRemoved } = props;
  const name = operationName(resource);
  const groups = resource.endpoints ?? noEndpoints;
  const inUse = groups.production.enabled || groups.sandbox.enabled;
  return (
    <Stack spacing={2} role="group" aria-label={`Endpoints of ${name}`} sx={{ minWidth: 0 }}>
      <Typography variant="body2" color="textSecondary">
        Tick what this operation is to send elsewhere. The rest goes where the API sends it.
      </Typography>
      <GroupsEditor
        groups={groups}
        edit={edit}
        pause={pause}
        problemAt={(...path) => problemAt(...path)?.replace(`${name}: `, "")}
        insist={props.insist}
        checks={props.checks}
        listOpen={panels.list}
        onListOpen={(list) => onPanels({ list })}
        onRemoved={onRemoved}
        owner={name}
        unticked={{
          production: inheritedWords(ofApi, "production"),
          sandbox: inheritedWords(ofApi, "sandbox"),
        }}
      />
      {inUse && (
        <OwnSettings
          groups={groups}
          edit={edit}
          pause={pause}
          problemAt={problemAt}
          expanded={panels.settings}
          onExpand={(settings) => onPanels({ settings })}
        />
      )}
      {resource.endpoints && (
        <SoftButton
          id={BACK_ID}
          variant="outlined"
          color="inherit"
          sx={{ alignSelf: "flex-start" }}
          onClick={() => {
            edit(() => null);
            onRemoved({ name: `the endpoints of ${name}`, focus: BACK_ID });
          }}
        >
          Use the API's endpoints again
        </SoftButton>
      )}
    </Stack>
  );
}
