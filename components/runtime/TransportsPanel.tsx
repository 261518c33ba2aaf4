"use client";
import { basePath, unversionedPath } from "#lib/edit/api";
import { problemUnder } from "../editor/problems";
import { Section } from "../editor/Section";
import { SwitchField } from "../editor/SwitchField";
import type { PanelProps } from "./panel";

export function TransportsPanel({ definition, edit, problems }: PanelProps) {
  const { transports, preserveHost, mapAddresses, isDefaultVersion } = definition;
  const set = (change: Partial<typeof transports>) =>
    edit((d) => ({ ...d, transports: { ...d.transports, ...change } }));
  const short = unversionedPath(definition);
  return (
    <Section title="Transports and addresses">
      <SwitchField
        id="transports-http"
        label="HTTP"
        text="Callers may use the gateway's HTTP port. Tokens can be read on their way there."
        problem={problemUnder(problems, "transports")}
        checked={transports.http}
        onChange={(http) => set({ http })}
      />
      <SwitchField
        id="transports-https"
        label="HTTPS"
        text="Callers may use the gateway's HTTPS port."
        checked={transports.https}
        onChange={(https) => set({ https })}
      />
      <SwitchField
        id="isDefaultVersion"
        label="Default version"
        text={
          short
            ? `Also answers at ${short}, not only at ${basePath(definition)}.`
            : "This context is nothing but its version, so there is no shorter address."
        }
        checked={isDefaultVersion}
        onChange={(on) => edit((d) => ({ ...d, isDefaultVersion: on }))}
      />
      <SwitchField
        id="preserveHost"
        label="Keep the caller's Host header"
        text="The backend sees the host name that the caller used, instead of its own."
        checked={preserveHost}
        onChange={(on) => edit((d) => ({ ...d, preserveHost: on }))}
      />
      <SwitchField
        id="mapAddresses"
        label="Correct the backend's addresses"
        text="Redirects and cookie paths that name the backend lead to the API instead."
        checked={mapAddresses}
        onChange={(on) => edit((d) => ({ ...d, mapAddresses: on }))}
      />
    </Section>
  );
}
