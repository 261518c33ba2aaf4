import { algorithms, OTHER } from "#lib/traffic/algorithms";

export interface Choice {
  value: string;
  label: string;
  hint: string;
}

export const algorithmChoices: Choice[] = [
  ...algorithms.map(({ name, label, hint }) => ({ value: name, label, hint })),
  { value: OTHER, label: "Other", hint: "A custom algorithm, by its class name." },
];

export const sessionChoices: Choice[] = [
  { value: "none", label: "None", hint: "Each request is balanced on its own." },
  { value: "transport", label: "Transport", hint: "An HTTP cookie keeps each client on one endpoint." },
  { value: "soap", label: "SOAP", hint: "The SOAP session keeps each client on one endpoint." },
  { value: "clientId", label: "Client ID", hint: "An ID sent by the client keeps it on one endpoint." },
];
