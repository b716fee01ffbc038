import type { Region } from "./ports.ts";

/** Where each region's resources would be, as `terraform/envs` says: functions and models, schedules, keys. */
export const places: Readonly<Record<Region, { location: string; scheduler: string; keys: string }>> = {
  eu: { location: "europe-west4", scheduler: "europe-west1", keys: "europe" },
  us: { location: "us-central1", scheduler: "us-central1", keys: "us" },
};

const bucketUses = ["knowledge", "exports", "uploads", "ledger", "tombstones"] as const;

/** Names of a region's buckets, as `terraform/modules/buckets` makes them. */
export function bucketsOf(project: string, region: Region): string[] {
  return bucketUses.map((use) => `${project}-${region}-${use}`);
}
