export {
  createTombstone,
  findTombstone,
  findTombstoneIn,
  finishCopy,
  listIntendedPurges,
  listOpenRemovals,
  listPersonTombstones,
  listTombstonesToCopy,
  type Tombstone,
  updateTombstone,
} from "./store.ts";
