import { type Known, type Newest, newestOf, newsFor } from "#lib/traffic/elsewhere";
import type { RuntimeEndpoint } from "../routes/group";
import type { RuntimeApi } from "../routes/runtimeApi";
import type { Snapshot } from "../routes/table";

/** An endpoint of some list, and what that list knows of it. */
export interface Place extends Known {
  api: RuntimeApi;
  /** "production" or "sandbox GET /menu". */
  list: string;
  endpoint: RuntimeEndpoint;
}

type Placed = Omit<Place, keyof Known>;

/** By snapshot, since it is asked for every second or two and has all endpoints there are. */
const hosts = new WeakMap<Snapshot, Map<string, Placed[]>>();

/** What the lists of a snapshot know of the same hosts, at one moment. */
export class News {
  private readonly newest = new Map<string, Newest<Place>>();
  private readonly byHost: Map<string, Placed[]>;

  constructor(snapshot: Snapshot) {
    this.byHost = hosts.get(snapshot) ?? byHost(snapshot);
    hosts.set(snapshot, this.byHost);
  }

  /** What another list knows better. */
  about({ live }: RuntimeEndpoint): Place | null {
    const host = live.backend.origin;
    let newest = this.newest.get(host);
    if (!newest) {
      const on = (this.byHost.get(host) ?? []).filter(({ endpoint }) => endpoint.config.state === "on");
      newest = newestOf(on.map((place) => ({ ...place, ...place.endpoint.live.known })));
      this.newest.set(host, newest);
    }
    return newsFor(live.known, newest);
  }
}

function byHost(snapshot: Snapshot): Map<string, Placed[]> {
  const found = new Map<string, Placed[]>();
  for (const api of snapshot.byId.values()) {
    for (const [key, group] of api.allGroups()) {
      const list = key.slice(api.apiId.length + 1);
      for (const endpoint of group.endpoints) {
        const host = endpoint.live.backend.origin;
        const places = found.get(host);
        if (places) places.push({ api, list, endpoint });
        else found.set(host, [{ api, list, endpoint }]);
      }
    }
  }
  return found;
}
