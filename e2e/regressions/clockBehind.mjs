/** Loaded into a process before its own code: its clock is five seconds behind. */
const BEHIND_MS = 5_000;
const { now } = Date;
Date.now = () => now() - BEHIND_MS;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [target.now()], self),
});
