import { stringify } from "yaml";
import type { ApiDefinition } from "../api";
import { writeOpenApi } from "../openapi/write";
import { dataOf, readData, writeData } from "./apiData";
import { writeEndpointConfig } from "./endpointConfig";
import { Notes } from "./notes";
import type { ProjectExtras } from "./project";
import { difference, type Json, objectOf } from "./values";

/**
 * A definition as a project that `apictl import api` takes, and that reads back here without loss. Secrets are not in
 * it: whoever imports it enters them again.
 */

export interface WriteOptions {
  /** The definition's OpenAPI text, when it is at hand already. */
  openapi?: string;
  /** Of the API's https endpoints. */
  certificates?: readonly { alias: string; origin: string; pem: string }[];
}

/** Files by path, under one folder named like the API. */
export function writeProject(definition: ApiDefinition, options: WriteOptions = {}): Map<string, string> {
  const folder = `${definition.name.replaceAll(" ", "")}-${definition.version}/`;
  const extras = (objectOf(definition.extras.wso2) ?? {}) as ProjectExtras;
  const files = new Map<string, string>();
  const put = (path: string, text: string) => files.set(folder + path, text);
  put(
    "api.yaml",
    stringify({ type: "api", version: "v4.2.0", ...extras.wrapper, data: dataFor(definition, extras) }),
  );
  put("Definitions/swagger.yaml", options.openapi ?? writeOpenApi(definition, { format: "yaml" }));
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
    operations: resources.map(({ method, path, secured, scopes }) => ({
      target: path,
      verb: method,
      authType: secured ? "Application & Application User" : "None",
      throttlingPolicy: "Unlimited",
      scopes,
    })),
    endpointConfig: writeEndpointConfig(definition.endpoints, extras.endpoints),
  };
  const own = difference(readData(data, new Notes("api.yaml")).api, dataOf(definition));
  if (own !== undefined) data["x-sluice-definition"] = own;
  return data;
}
