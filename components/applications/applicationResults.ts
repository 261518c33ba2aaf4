import type { KeyType } from "#lib/edit/endpoints";
import type { ApplicationInput } from "#lib/schemas/application";
import type { Failed } from "../shared/actionResults";

type Done = { ok: true } | Failed;

export type SaveApplication = (
  input: ApplicationInput,
  id?: string,
) => Promise<{ ok: true; id: string } | Failed>;

/** Told once, right after it was made. */
export interface Secret {
  clientId: string;
  secret: string;
}

export interface AccessToken {
  token: string;
  expiresAt: Date | string;
}

/** The server's actions on one application. */
export interface ApplicationActions {
  onSave: SaveApplication;
  onDelete: (id: string) => Promise<Done>;
  onCreateKey: (id: string, keyType: KeyType) => Promise<({ ok: true } & Secret) | Failed>;
  onRotateKey: (
    id: string,
    keyType: KeyType,
    endingTokens: boolean,
  ) => Promise<({ ok: true } & Secret) | Failed>;
  onDeleteKey: (id: string, keyType: KeyType) => Promise<Done>;
  onSubscribe: (id: string, apiId: string) => Promise<Done>;
  onUnsubscribe: (id: string, apiId: string) => Promise<Done>;
  onToken: (id: string, keyType: KeyType) => Promise<({ ok: true } & AccessToken) | Failed>;
  onRevokeToken: (token: string) => Promise<Done>;
}
