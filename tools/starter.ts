// What `start.mjs` shares with the processes that it starts; bundled, because it is plain JavaScript itself.
export { Output } from "#lib/node/output";
export { isIgnored } from "#lib/node/signals";
