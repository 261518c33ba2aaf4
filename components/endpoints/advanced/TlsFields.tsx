"use client";
import Alert from "@mui/material/Alert";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import type { EndpointSettings } from "#lib/edit/endpoints";
import { FieldGroup } from "../../editor/FieldGroup";

type Value = Pick<EndpointSettings, "verifyTls" | "http2">;

export function TlsFields({ value, onChange }: { value: Value; onChange: (change: Partial<Value>) => void }) {
  return (
    <FieldGroup heading="h3" title="Connection" text="To an https endpoint.">
      <FormControlLabel
        sx={wide}
        control={
          <Switch
            id="verify-tls-switch"
            size="small"
            checked={value.verifyTls}
            onChange={(event) => onChange({ verifyTls: event.target.checked })}
          />
        }
        label="Verify the backend's certificate"
        slotProps={{ typography: { variant: "body2" } }}
      />
      {!value.verifyTls && (
        <Alert severity="warning" sx={{ gridColumn: "1 / -1" }}>
          Anyone between the gateway and this endpoint could read and change what is sent. Better add the
          backend's certificate under General Endpoint Configurations.
        </Alert>
      )}
      <FormControlLabel
        sx={wide}
        control={
          <Switch
            id="http2-switch"
            size="small"
            checked={value.http2}
            onChange={(event) => onChange({ http2: event.target.checked })}
          />
        }
        label="Speak HTTP/2 to the backend"
        slotProps={{ typography: { variant: "body2" } }}
      />
    </FieldGroup>
  );
}

const wide = { gridColumn: "1 / -1", ml: 0, gap: 0.75 };
