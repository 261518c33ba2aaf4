import * as z from "zod";

/** What WSO2's clients read and write over its Publisher REST API v4 (docs/rules/wso2.md section 4), as far as it is served. */

const text = z.string();
/** Milliseconds since 1970 as a text. */
const milliseconds = z.string().meta({ description: "Milliseconds since 1970-01-01." });

const Pagination = z.object({
  ...{ offset: z.int(), limit: z.int(), total: z.int() },
  next: text.meta({ description: "A relative link, or empty." }),
  previous: text.meta({ description: "A relative link, or empty." }),
});
const paged = <T extends z.ZodType>(item: T) =>
  z.object({ count: z.int(), list: z.array(item), pagination: Pagination });
const listed = <T extends z.ZodType>(item: T) => z.object({ count: z.int(), list: z.array(item) });

const named = {
  ...{ id: text, name: text, displayName: text, description: text },
  context: text.meta({ description: "Without the version." }),
  ...{ version: text, type: text, provider: text, lifeCycleStatus: text },
  hasThumbnail: z.boolean(),
};

export const ApiInfo = z
  .object({
    ...named,
    workflowStatus: text,
    securityScheme: z.array(text),
    ...{ createdTime: text, updatedTime: text },
    ...{ gatewayVendor: text, gatewayType: text },
    advertiseOnly: z.boolean(),
  })
  .meta({ id: "APIInfo" });
export const ApiInfoList = paged(ApiInfo).meta({ id: "APIList" });

export const SearchResult = z
  .object({
    ...named,
    transportType: text,
    advertiseOnly: z.boolean(),
    status: text,
    createdTime: milliseconds,
    updatedTime: milliseconds,
  })
  .meta({ id: "APISearchResult" });
export const SearchResults = paged(SearchResult).meta({ id: "SearchResultList" });

/** `data` of api.yaml with what WSO2 adds to it. Its other fields are those of docs/rules/wso2.md section 2. */
export const Api = z
  .looseObject({
    ...{
      id: text,
      name: text,
      context: text,
      version: text,
      type: text,
      provider: text,
      lifeCycleStatus: text,
    },
    policies: z.array(text),
    transport: z.array(text),
    securityScheme: z.array(text),
    endpointConfig: z.looseObject({}).optional(),
    operations: z.array(z.looseObject({ target: text, verb: text })),
    ...{ isRevision: z.literal(false), revisionId: z.literal(0) },
    ...{ createdTime: milliseconds, lastUpdatedTime: milliseconds },
    warnings: z
      .array(text)
      .optional()
      .meta({ description: "What of a request has no effect here, after a change." }),
  })
  .meta({ id: "API" });

/** An API as clients send it: `data` of api.yaml. What it lacks has its default, or stays. */
export const ApiInput = z
  .looseObject({
    name: text.optional(),
    version: text.optional(),
    context: text.optional().meta({ description: "With or without the version." }),
    description: text.nullish(),
    endpointConfig: z.looseObject({}).nullish().meta({ description: "As in api.yaml." }),
    operations: z.array(z.looseObject({})).nullish(),
  })
  .meta({ id: "APIInput" });

export const Validated = z
  .object({
    isValid: z.boolean(),
    content: text.nullable(),
    info: z
      .object({
        ...{ name: text, version: text, context: text, description: text, openAPIVersion: text },
        endpoints: z.array(text),
        operations: z.array(z.object({ target: text, verb: text })),
      })
      .nullable(),
    errors: z.array(z.object({ code: text, message: text, description: text })),
  })
  .meta({ id: "OpenAPIDefinitionValidationResponse" });

export const Deployment = z
  .object({
    ...{ revisionUuid: text, name: text, status: text, vhost: text },
    displayOnDevportal: z.boolean(),
    ...{ deployedTime: milliseconds, successDeployedTime: milliseconds },
    ...{ liveGatewayCount: z.int(), deployedGatewayCount: z.int(), failedGatewayCount: z.int() },
  })
  .meta({ id: "APIRevisionDeployment" });
export const Deployments = z.array(Deployment);

export const Revision = z
  .object({
    displayName: text.meta({ description: "“Revision 3”." }),
    ...{ id: text, description: text, createdTime: milliseconds },
    apiInfo: z.object({ id: text }),
    deploymentInfo: Deployments,
  })
  .meta({ id: "APIRevision" });
export const Revisions = listed(Revision).meta({ id: "APIRevisionList" });

/** Deployments that a request names; apictl sends null where it means all of them. */
export const Targets = z
  .array(z.object({ name: text, vhost: text.nullish() }))
  .nullable()
  .meta({ id: "DeploymentTargets" });

export const LifeCycle = z
  .object({
    state: text,
    checkItems: z.array(z.unknown()),
    availableTransitions: z.array(z.object({ event: text, targetState: text })),
  })
  .meta({ id: "LifecycleState" });
export const LifeCycleChanged = z
  .object({ workflowStatus: text, lifecycleState: LifeCycle })
  .meta({ id: "WorkflowResponse" });

export const LifeCycleHistory = listed(
  z.object({
    ...{ previousState: text, postState: text, user: text },
    updatedTime: text.meta({ format: "date-time" }),
  }),
).meta({ id: "LifecycleHistory" });

export const ApiKey = z
  .object({
    apikey: text.meta({ description: "Sent in the header `Internal-Key`." }),
    validityTime: z.int().meta({ description: "Seconds." }),
  })
  .meta({ id: "APIKey" });

export const EndpointCheck = z
  .object({
    statusCode: z.int().meta({ description: "Of the answer; 0 without one." }),
    statusMessage: text.meta({ description: "Of the answer; empty without one." }),
    error: text.nullable().meta({ description: "Why there was no answer." }),
  })
  .meta({ id: "ApiEndpointValidationResponse" });

export const CertificateMetadata = z
  .object({ alias: text, endpoint: text.meta({ description: "Scheme, host and port." }) })
  .meta({ id: "CertMetadata" });
export const Certificates = z
  .object({ count: z.int(), certificates: z.array(CertificateMetadata), pagination: Pagination })
  .meta({ id: "Certificates" });
export const CertificateDetails = z
  .object({
    status: z.enum(["Active", "Expired"]),
    validity: z.object({ from: text, to: text }).meta({ description: "ISO 8601." }),
    ...{ version: text, subject: text },
  })
  .meta({ id: "CertificateInfo" });

const port = z.int().meta({ description: "0 where it is off, or not known." });
const Vhost = z.object({
  ...{ host: text, httpContext: text },
  ...{ httpPort: port, httpsPort: port, wsPort: port, wssPort: port },
});
export const Settings = z
  .object({
    devportalUrl: text,
    environment: z.array(
      z.object({
        ...{ id: text, name: text, displayName: text, type: text, gatewayType: text },
        ...{ serverUrl: text, provider: text, mode: text, showInApiConsole: z.boolean() },
        vhosts: z.array(Vhost),
        endpointURIs: z.array(z.object({ protocol: text, endpointURI: text })),
      }),
    ),
    gatewayTypes: z.array(text),
    scopes: z.array(text).meta({ description: "None: a role gives the rights." }),
  })
  .meta({ id: "Settings" });

const ThrottlingPolicy = z
  .object({
    ...{ name: text, displayName: text, description: text, policyLevel: text, tierPlan: text },
    ...{ requestCount: z.int(), unitTime: z.int(), stopOnQuotaReach: z.boolean() },
  })
  .meta({ id: "ThrottlingPolicy" });
export const ThrottlingPolicies = paged(ThrottlingPolicy).meta({ id: "ThrottlingPolicyList" });

/** A list of what there is none of here. */
export const Nothing = z
  .object({ count: z.literal(0), list: z.array(z.unknown()), pagination: Pagination })
  .meta({ id: "EmptyList" });

export const Imported = z
  .object({
    id: text,
    revision: text.meta({ description: "The number of the revision that was deployed; empty for a draft." }),
    warnings: z.array(text),
  })
  .meta({ id: "ImportAPIResponse" });

const Violation = z.object({ path: text, message: text, severity: z.enum(["ERROR", "WARN"]) });
export const Compliance = z
  .object({
    "compliance-check": z.object({
      result: z.enum(["pass", "fail"]),
      violations: z.array(
        z.object({
          policy: text,
          rulesets: z.array(z.object({ ruleset: text, type: text, "rule-violations": z.array(Violation) })),
        }),
      ),
    }),
  })
  .meta({ id: "ComplianceCheck" });

/** Of every refusal. */
export const Problem = z
  .object({
    code: z.int().meta({ description: "The status, or WSO2's own number." }),
    ...{ message: text, description: text, moreInfo: text },
    error: z.array(z.object({ code: text, message: text, description: text })),
  })
  .meta({ id: "Error" });
