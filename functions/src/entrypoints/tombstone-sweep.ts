import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";
import { copyTombstones } from "../restore/copy-tombstones.ts";

/** Every minute: copies what a restore must repeat to where no restore reaches. */
http(
  "tombstone-sweep",
  scheduled(() => copyTombstones(deps())),
);
