/** Where the backends of kept installations listen: their databases say so, so it cannot change. */
export const ports = [18_761, 18_762] as const;
