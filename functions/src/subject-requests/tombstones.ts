export { createTombstone, findTombstoneIn, listIntendedPurges, type Tombstone, updateTombstone } from "./store.ts";
