import { ADDRESS_FIELD, HTTPS_FIELD } from "#lib/model/ownFields";

/** What the front door found out about whoever sent a request. */

export const addressOf = (fields: Pick<Headers, "get">): string => fields.get(ADDRESS_FIELD) ?? "unknown";

export const cameSecurely = (fields: Pick<Headers, "get">): boolean => fields.get(HTTPS_FIELD) === "1";
