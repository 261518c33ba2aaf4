/**
 * Processor time that `act` takes, ms: the least of three tries, because what else the machine does only adds to it. Tests
 * compare it with that of a smaller task of the same kind; how many ms either takes is the benchmark's concern.
 */
export function workOf(act: () => void): number {
  const tries = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...tries);
}
