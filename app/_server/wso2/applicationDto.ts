import type { OwnedApplication } from "#prisma/access/ownedApplications";

/** Applications in the form of WSO2's DevPortal API, which apictl asks for keys. */

/** What apictl makes for itself. Names are unique here, so each user's is stored with who made it. */
const DEFAULT_APPLICATION = "default-apictl-app";
export const UNLIMITED = "Unlimited";

export const storedName = (name: string, username: string) =>
  name === DEFAULT_APPLICATION ? `${name} (${username})` : name;

/** Whether it is the one that apictl made for this user. */
export const isOwnDefault = ({ name, createdBy }: OwnedApplication, username: string) =>
  createdBy === username && name === storedName(DEFAULT_APPLICATION, username);

export function applicationOf(application: OwnedApplication, username: string) {
  const { id, name, description, createdBy, subscriptions } = application;
  return {
    applicationId: id,
    name: isOwnDefault(application, username) ? DEFAULT_APPLICATION : name,
    description,
    owner: createdBy,
    status: "APPROVED",
    throttlingPolicy: UNLIMITED,
    tokenType: "JWT",
    groupId: "",
    groups: [],
    attributes: {},
    hashEnabled: true,
    subscriptionCount: subscriptions.length,
    subscriptionScopes: [],
  };
}

export const subscriptionOf = (applicationId: string, apiId: string) => ({
  subscriptionId: `${applicationId}.${apiId}`,
  ...{ applicationId, apiId },
  throttlingPolicy: UNLIMITED,
  status: "UNBLOCKED",
});

export const paged = (list: readonly unknown[]) => ({
  count: list.length,
  list,
  pagination: { offset: 0, limit: list.length, total: list.length, next: "", previous: "" },
});
