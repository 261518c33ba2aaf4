import type { ApiInput } from "../fixtures";

/** An API with these production endpoints, ids of its name and a number */
export function apiWith(urls: string[], group: Record<string, unknown> = {}, name = "Orders"): ApiInput {
  return {
    name,
    context: `/${name.toLowerCase()}`,
    version: "1.0.0",
    endpoints: {
      production: {
        enabled: true,
        endpoints: urls.map((url, i) => ({ id: `${name.slice(0, 30)}-e${i + 1}`, url })),
        ...group,
      },
    },
  };
}
