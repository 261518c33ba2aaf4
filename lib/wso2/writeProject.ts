import { Document, isNode, stringify } from "yaml";
import { allScopes } from "../access/scopes";
import type { ApiDefinition } from "../edit/api";
import { isEmpty } from "../openapi/unusedKeys";
import { writeOpenApi } from "../openapi/writeOpenApi";
import { dataOf, OWN_KEY, readData, writeData } from "./apiData";
import { writeEndpointConfig } from "./endpointConfig";
import { Notes } from "./projectNotes";
import type { ProjectExtras } from "./readProject";
import { difference, type Json, listOf, objectOf, textOf } from "./values";
import { lostByWso2, writeOperations } from "./yamlOperations";

/**
 * A definition as a project that `apictl import api` takes, and that reads back here without loss. Secrets are not in
 * it: whoever imports it enters them again.
 */

export interface WriteOptions {
  /** The definition's OpenAPI text, when it is at hand already. */
  openapi?: string;
  /** A beginning and not a whole API: imported over one, it leaves the settings that it does not name. */
  begins?: boolean;
  /** Of the API's https endpoints. */
  certificates?: readonly { alias: string; origin: string; pem: string }[];
}

/** Files by path, under one folder named like the API. */
export function writeProject(definition: ApiDefinition, options: WriteOptions = {}): Map<string, string> {
  const folder = `${definition.name.replaceAll(" ", "")}-${definition.version}/`;
  const extras = (objectOf(definition.extras.wso2) ?? {}) as ProjectExtras;
  const files = new Map<string, string>();
  const put = (path: string, text: string) => files.set(folder + path, text);
  const data = dataFor(definition, extras);
  if (options.begins && isEmpty(data[OWN_KEY])) delete data[OWN_KEY];
  put("api.yaml", withRemarks(definition, { ...extras.wrapper, data }));
  put(
    "Definitions/swagger.yaml",
    options.openapi ?? writeOpenApi(definition, { format: "yaml", forWso2: true }),
  );
  for (const [path, text] of Object.entries(extras.files ?? {})) put(path, text);
  if (!Object.keys(extras.files ?? {}).some((path) => path.startsWith("deployment_environments"))) {
    const environment = { displayOnDevportal: true, deploymentEnvironment: "Default" };
    put(
      "deployment_environments.yaml",
      stringify({ type: "deployment_environments", version: "v4.2.0", data: [environment] }),
    );
  }
  const { certificates = [] } = options;
  if (certificates.length > 0) {
    const list = certificates.map(({ alias, origin, pem }, i) => {
      const certificate = `${i + 1}-${alias.replace(/[^A-Za-z0-9._-]/g, "_")}.crt`;
      put(`Endpoint-certificates/${certificate}`, pem);
      return { alias, endpoint: origin, certificate };
    });
    const document = { type: "endpoint_certificates", version: "v4.2.0", data: list };
    put("Endpoint-certificates/endpoint_certificates.yaml", stringify(document));
  }
  return files;
}

/** api.yaml, with a comment at each operation of which WSO2 cannot enforce all. */
function withRemarks({ resources }: ApiDefinition, rest: Json): string {
  const document = new Document({ type: "api", version: "v4.2.0", ...rest });
  resources.forEach((r, i) => {
    const lost = lostByWso2(r);
    const node = lost && document.getIn(["data", "operations", i], true);
    if (isNode(node)) node.commentBefore = ` ${lost}`;
  });
  return document.toString();
}

function dataFor(definition: ApiDefinition, extras: ProjectExtras): Json {
  const { name, context, version, resources } = definition;
  const data: Json = {
    type: "HTTP",
    securityScheme: ["oauth2", "oauth_basic_auth_api_key_mandatory"],
    lifeCycleStatus: "CREATED",
    ...extras.data,
    name,
    context,
    version,
    ...writeData(dataOf(definition)),
    scopes: scopesOf(definition, extras.data?.scopes),
    operations: writeOperations(resources, extras.operations),
    endpointConfig: writeEndpointConfig(definition.endpoints, extras.endpoints),
  };
  const own = difference(readData(data, new Notes("api.yaml")).api, dataOf(definition));
  data[OWN_KEY] = own ?? {};
  return data;
}

/** Those that the project came with, and those that operations ask for besides. */
function scopesOf({ resources }: ApiDefinition, given: unknown): unknown[] {
  const kept = listOf(given);
  const names = new Set(kept.map((item) => textOf(objectOf(objectOf(item)?.scope)?.name)));
  const more = allScopes(resources.flatMap((r) => r.scopes)).filter((name) => !names.has(name));
  return [
    ...kept,
    ...more.map((name) => ({
      scope: { name, displayName: name, description: "", bindings: [] },
      shared: false,
    })),
  ];
}
