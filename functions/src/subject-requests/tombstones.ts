export { createTombstone, listIntendedPurges, type Tombstone, updateTombstone } from "./store.ts";
