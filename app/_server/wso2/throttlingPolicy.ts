import { UNLIMITED } from "./applicationDto";

/** Requests are not limited here: the one policy says so. */
export const unlimitedPolicy = (policyLevel: "application" | "subscription") => ({
  ...{ name: UNLIMITED, displayName: UNLIMITED, description: "Allows unlimited requests", policyLevel },
  ...{ tierPlan: "FREE", requestCount: 0, unitTime: 0, stopOnQuotaReach: true },
});
