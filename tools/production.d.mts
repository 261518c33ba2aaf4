/** Arguments for node. */
export function productionArgs(name: "gateway" | "publisher"): string[];
