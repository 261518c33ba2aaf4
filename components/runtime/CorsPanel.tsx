"use client";
import type { ApiDefinition } from "#lib/edit/api";
import { problemUnder } from "../editor/problems";
import { Section } from "../editor/Section";
import { SwitchField } from "../editor/SwitchField";
import { WordsField } from "../editor/WordsField";
import type { PanelProps } from "./panel";

type Cors = ApiDefinition["cors"];
type List = "allowOrigins" | "allowMethods" | "allowHeaders" | "exposeHeaders";

const lists: { name: List; label: string; helper: string }[] = [
  {
    name: "allowOrigins",
    label: "Allowed origins",
    helper: "* for any, or https://shop.example, https://*.example.com (its subdomains)",
  },
  { name: "allowMethods", label: "Allowed methods", helper: "GET, POST …" },
  { name: "allowHeaders", label: "Allowed request headers", helper: "What pages may send" },
  {
    name: "exposeHeaders",
    label: "Readable response headers",
    helper: "What pages may read besides the usual ones",
  },
];

/** Browsers ask before they send a header of this kind. */
function withoutToken({ security: { kind, header }, cors }: ApiDefinition): string | undefined {
  const name = header.toLowerCase();
  // To browsers * is every header but this one.
  const any = name !== "authorization" && cors.allowHeaders.includes("*");
  const listed = any || cors.allowHeaders.some((h) => h.toLowerCase() === name);
  if (kind !== "none" && !listed) return `What pages may send. Without ${header} they cannot send a token.`;
}

export function CorsPanel({ definition, edit, problems, pause }: PanelProps) {
  const { cors } = definition;
  const set = (change: Partial<Cors>, key?: string) =>
    edit((d) => ({ ...d, cors: { ...d.cors, ...change } }), key && `cors-${key}`);
  return (
    <Section title="Cross-origin calls (CORS)">
      <SwitchField
        id="cors-enabled"
        label="Answer for the backend"
        text="The gateway tells browsers which pages may call this API. Off: what the backend says is passed on."
        checked={cors.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      {cors.enabled && (
        <>
          {lists.map(({ name, label, helper }) => (
            <WordsField
              key={name}
              id={`cors-${name}`}
              label={label}
              placeholder="none"
              fullWidth
              value={cors[name]}
              problem={problemUnder(problems, "cors", name)}
              helper={name === "allowHeaders" ? (withoutToken(definition) ?? helper) : helper}
              onChange={(words) => set({ [name]: words }, name)}
              onLeave={pause}
            />
          ))}
          <SwitchField
            id="cors-allowCredentials"
            label="Allow credentials"
            text="Pages may send cookies along. Needs origins by name."
            checked={cors.allowCredentials}
            onChange={(allowCredentials) => set({ allowCredentials })}
          />
        </>
      )}
    </Section>
  );
}
