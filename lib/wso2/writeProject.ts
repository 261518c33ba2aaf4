import { Document, isNode, stringify } from "yaml";
import { allScopes } from "../access/scopes";
import type { ApiDefinition } from "../edit/api";
import { isEmpty } from "../openapi/unusedKeys";
import { writeOpenApi } from "../openapi/writeOpenApi";
import { dataOf, OWN_KEY, readData, writeData } from "./apiData";
import { wso2ExtrasOf } from "./apiLabels";
import { DEPLOYMENTS, readDeployments } from "./deploymentEnvironments";
import { writeEndpointConfig } from "./endpointConfig";
import { Notes } from "./projectNotes";
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
  /** Of all files that we write. Default "yaml". */
  format?: "yaml" | "json";
  /** False leaves out where it is deployed, true says it. Default: what the project came with, else true. */
  deployed?: boolean;
  /** Of the API's https endpoints. */
  certificates?: readonly { alias: string; origin: string; pem: string }[];
}

/** Files by path, under one folder named like the API. */
export function writeProject(definition: ApiDefinition, options: WriteOptions = {}): Map<string, string> {
  const { format = "yaml" } = options;
  const folder = `${definition.name.replaceAll(" ", "")}-${definition.version}/`;
  const extras = wso2ExtrasOf(definition);
  const files = new Map<string, string>();
  const put = (path: string, text: string) => files.set(folder + path, text);
  const putDocument = (stem: string, document: Json) =>
    put(`${stem}.${format}`, format === "json" ? inJson(document) : stringify(document));
  const data = apiDataOf(definition);
  if (options.begins && isEmpty(data[OWN_KEY])) delete data[OWN_KEY];
  const api = { ...extras.wrapper, data };
  put(`api.${format}`, format === "json" ? inJson({ ...head, ...api }) : withRemarks(definition, api));
  put(
    `Definitions/swagger.${format}`,
    options.openapi ?? writeOpenApi(definition, { format, forWso2: true }),
  );
  const kept = Object.entries(extras.files ?? {});
  for (const [path, text] of kept) if (!path.startsWith(DEPLOYMENTS)) put(path, text);
  putDeployments(new Map(kept), options.deployed, { put, putDocument });
  const { certificates = [] } = options;
  if (certificates.length > 0) {
    const list = certificates.map(({ alias, origin, pem }, i) => {
      const certificate = `${i + 1}-${alias.replace(/[^A-Za-z0-9._-]/g, "_")}.crt`;
      put(`Endpoint-certificates/${certificate}`, pem);
      return { alias, endpoint: origin, certificate };
    });
    const document = { type: "endpoint_certificates", version: "v4.2.0", data: list };
    putDocument("Endpoint-certificates/endpoint_certificates", document);
  }
  return files;
}

const head = { type: "api", version: "v4.2.0" };
const inJson = (document: Json) => `${JSON.stringify(document, null, 2)}\n`;

interface Writers {
  put(path: string, text: string): void;
  putDocument(stem: string, document: Json): void;
}

function putDeployments(
  kept: ReadonlyMap<string, string>,
  deployed: boolean | undefined,
  { put, putDocument }: Writers,
): void {
  if (deployed === false) return;
  const own = [...kept].filter(([path]) => path.startsWith(DEPLOYMENTS));
  if (deployed === undefined && own.length > 0) {
    for (const [path, text] of own) put(path, text);
    return;
  }
  const read = readDeployments(kept);
  const environment = { displayOnDevportal: true, deploymentEnvironment: "Default" };
  const usual = { type: DEPLOYMENTS, version: "v4.2.0", data: [environment] };
  putDocument(DEPLOYMENTS, read.ok && read.targets.length > 0 ? read.value : usual);
}

/** api.yaml, with a comment at each operation of which WSO2 cannot enforce all. */
function withRemarks({ resources }: ApiDefinition, rest: Json): string {
  const document = new Document({ ...head, ...rest });
  resources.forEach((r, i) => {
    const lost = lostByWso2(r);
    const node = lost && document.getIn(["data", "operations", i], true);
    if (isNode(node)) node.commentBefore = ` ${lost}`;
  });
  return document.toString();
}

/** `data` of api.yaml, which is also what WSO2's REST API calls an API. Without secrets. */
export function apiDataOf(definition: ApiDefinition): Json {
  const { name, context, version, resources } = definition;
  const extras = wso2ExtrasOf(definition);
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
