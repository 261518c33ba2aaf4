import {
  type EndpointGroup,
  type EndpointGroups,
  effectiveGroup,
  type KeyType,
  keyTypes,
} from "../edit/endpoints";
import { endpointUrlKey } from "../model/url";
import type { EndpointSource } from "../openapi/openapiReading";
import type { Notes } from "./projectNotes";

/** Which source an API's endpoints come from, per key type: extensions > absolute servers > api.yaml. */

/** What apictl's template leaves in every api.yaml. */
const template = { production: "http://localhost:8080", sandbox: "http://localhost:8081" };

export function combined(
  openapi: EndpointGroups,
  names: { production: EndpointSource; sandbox: EndpointSource },
  yaml: EndpointGroups,
  notes: Notes,
): EndpointGroups {
  const anyNamed = names.production !== null || names.sandbox !== null;
  const groups = { production: yaml.production, sandbox: yaml.sandbox };
  for (const keyType of keyTypes) {
    if (names[keyType] !== null) {
      groups[keyType] = withSettings(openapi, yaml, keyType, names[keyType]);
    } else if (anyNamed && isTemplate(yaml[keyType], keyType)) {
      groups[keyType] = { ...yaml[keyType], enabled: false, endpoints: [] };
      notes.warn(
        `data.endpointConfig.${keyType}_endpoints`,
        `${template[keyType]} is of apictl's template and gets no traffic: the definition names the endpoints.`,
      );
    }
  }
  // Two sources with one policy stay together; with two, each keeps its own.
  const sources = new Set(keyTypes.map((keyType) => names[keyType] !== null));
  if (sources.size === 1) return { ...groups, sandboxSeparate: (anyNamed ? openapi : yaml).sandboxSeparate };
  if (openapi.sandboxSeparate && yaml.sandboxSeparate) return { ...groups, sandboxSeparate: true };
  if (groups.sandbox.endpoints.length === 0) return { ...groups, sandboxSeparate: false };
  const own = effectiveGroup(names.sandbox !== null ? openapi : yaml, "sandbox");
  const sandbox = { ...own, ...pickList(groups.sandbox) };
  const separate = policyText(sandbox) !== policyText(groups.production);
  return { ...groups, sandbox: separate ? sandbox : groups.sandbox, sandboxSeparate: separate };
}

/** The endpoints of the definition; those that api.yaml names too have its settings, and all of them its policy. */
function withSettings(
  openapi: EndpointGroups,
  yaml: EndpointGroups,
  keyType: KeyType,
  source: EndpointSource,
): EndpointGroup {
  const own = openapi[keyType];
  // Credentials in api.yaml are for a key type, whatever its URLs.
  const group = own.security.kind === "none" ? { ...own, security: yaml[keyType].security } : own;
  const left = [...yaml[keyType].endpoints];
  const known = new Set(left.map((e) => endpointUrlKey(e.url)));
  if (!group.endpoints.some((e) => known.has(endpointUrlKey(e.url)))) return group;
  const policy = yaml.sandboxSeparate ? yaml[keyType] : effectiveGroup(yaml, keyType);
  const all = group.endpoints.every((e) => known.has(endpointUrlKey(e.url)));
  // A URL may be there twice: each entry is used once, the one with the same id rather than another.
  const endpoints = group.endpoints.map((e) => {
    const fits = left.filter((other) => endpointUrlKey(other.url) === endpointUrlKey(e.url));
    const same = fits.find(({ id }) => id === e.id) ?? fits[0];
    if (!same) return e;
    left.splice(left.indexOf(same), 1);
    return { ...same, url: e.url, id: e.id };
  });
  // A sandbox that follows production has its policy already; its own is out of use and stays as it is.
  if (keyType === "sandbox" && !openapi.sandboxSeparate) return { ...group, endpoints };
  return {
    ...group,
    endpoints,
    algorithm: policy.algorithm,
    session: policy.session,
    failover: policy.failover,
    // A list of servers says nothing of how they are used.
    routing: source === "servers" && all ? policy.routing : group.routing,
  };
}

const pickList = ({ enabled, endpoints, security }: EndpointGroup) => ({ enabled, endpoints, security });

function policyText({ enabled: _e, endpoints: _l, security: _s, ...policy }: EndpointGroup): string {
  return JSON.stringify(policy);
}

function isTemplate({ endpoints }: EndpointGroup, keyType: KeyType): boolean {
  return endpoints.length === 1 && endpointUrlKey(endpoints[0]!.url) === template[keyType];
}
