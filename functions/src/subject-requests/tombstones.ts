export {
  createTombstone,
  findTombstone,
  findTombstoneIn,
  listIntendedPurges,
  listPersonTombstones,
  type Tombstone,
  updateTombstone,
} from "./store.ts";
