"use client";
import { Section } from "../editor/Section";
import { CopyLine } from "../shared/CopyLine";
import { Facts } from "../shared/Facts";

export interface Own {
  issuer: string;
  jwksUrl: string;
  tokenUrl: string;
  revokeUrl: string;
}

/** What others need to know who check our tokens or get some. */
export function OwnIssuer({ own }: { own: Own }) {
  return (
    <Section
      title="Sluice's own tokens"
      text="Applications get them with client id and secret; the gateway always accepts them."
    >
      <Facts
        facts={[
          ["Issuer", <CopyLine key="issuer" text={own.issuer} label="issuer" />],
          ["Keys (JWKS)", <CopyLine key="jwks" text={own.jwksUrl} label="JWKS URL" />],
          ["Token endpoint", <CopyLine key="token" text={own.tokenUrl} label="token endpoint" />],
          ["Revocation", <CopyLine key="revoke" text={own.revokeUrl} label="revocation endpoint" />],
        ]}
      />
    </Section>
  );
}
