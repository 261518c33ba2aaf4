import { scopesText } from "../access/scopes";
import { type ApiDefinition, allGroups, deployProblems } from "../edit/api";
import {
  type EndpointGroup,
  effectiveGroup,
  endpointsInUse,
  type KeyType,
  keyTypes,
} from "../edit/endpoints";
import { findAlgorithm, OTHER } from "../traffic/algorithms";
import { diff } from "./diff";

/** What an import was understood to be, for people to look at before anything is saved. */

/** Most resources that are listed; all are counted. */
export const LISTED_RESOURCES = 500;

export interface ImportSummary {
  resourceCount: number;
  /** `scopes` as people type them. */
  resources: { method: string; path: string; secured: boolean; scopes: string; ownEndpoints: boolean }[];
  groups: {
    keyType: KeyType;
    /** "GET /menu" when it is a resource's own; null for the API's. */
    resource: string | null;
    urls: string[];
    /** "Round Robin", "Failover", or "" for a single endpoint. */
    routing: string;
    /** How clients stick; "" when they do not. */
    session: string;
  }[];
  /** Why it could not be deployed as it is. */
  reasons: string[];
  /** What it changes in the API that it is read into; null for a new one. */
  changes: string[] | null;
}

export function summaryOf(definition: ApiDefinition, present?: ApiDefinition): ImportSummary {
  const { resources } = definition;
  const groups = allGroups(definition).flatMap(({ path, groups: both }) => {
    const owner = path[0] === "resources" ? resources[Number(path[1])] : undefined;
    return keyTypes.flatMap((keyType) => {
      const group = effectiveGroup(both, keyType);
      if (!group.enabled) return [];
      const resource = owner ? `${owner.method} ${owner.path}` : null;
      const urls = endpointsInUse(group).map((e) => e.url);
      return [{ keyType, resource, urls, routing: routingWords(group), session: sessionWords(group) }];
    });
  });
  return {
    resourceCount: resources.length,
    resources: resources.slice(0, LISTED_RESOURCES).map(({ method, path, secured, scopes, endpoints }) => ({
      method,
      path,
      secured,
      scopes: scopesText(scopes),
      ownEndpoints: endpoints !== null && keyTypes.some((k) => endpoints[k].enabled),
    })),
    groups,
    reasons: deployProblems(definition).map(({ message }) => message),
    changes: present ? diff(present, definition) : null,
  };
}

function routingWords({ routing, algorithm }: EndpointGroup): string {
  if (routing === "single") return "";
  if (routing === "failover") return "Failover";
  if (algorithm.name === OTHER) return algorithm.className;
  return findAlgorithm(algorithm.name)?.label ?? algorithm.name;
}

function sessionWords({ routing, session }: EndpointGroup): string {
  if (routing !== "loadBalanced" || session.kind === "none") return "";
  return { transport: "Transport", soap: "SOAP", clientId: "Client ID" }[session.kind];
}
