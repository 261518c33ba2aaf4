/** Groups of files that import each other, by whatever way round (Tarjan 1972). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const visit = (file: string): number => {
    const at = order.size;
    order.set(file, at);
    let low = at;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (path.includes(next)) low = Math.min(low, order.get(next)!);
    }
    lowest.set(file, low);
    if (low === at) {
      const group = path.splice(path.indexOf(file));
      const alone = group.length === 1 && !graph.get(file)?.includes(file);
      if (!alone)
        found.push(`These import each other in a circle, types included: ${group.sort().join(", ")}`);
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}
