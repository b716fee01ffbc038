export {
  createTombstone,
  findTombstone,
  findTombstoneIn,
  finishCopy,
  listIntendedPurges,
  listPersonTombstones,
  listTombstonesToCopy,
  type Tombstone,
  updateTombstone,
} from "./store.ts";
