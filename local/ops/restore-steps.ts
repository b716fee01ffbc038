import { places } from "../places.ts";
import type { Region } from "../ports.ts";

/** Firestore's place of each region, as `terraform/envs` says. */
const firestore: Readonly<Record<Region, string>> = { eu: "eur3", us: "nam5" };

/**
 * The procedure of a restore, line by line. Emulators have no backups, no indexes to deploy and no Terraform: there the
 * tests restore document by document, and the steps at Google are what this says.
 */
export function restoreSteps(place: { project: string; region: Region; data: string; keys: string }): string[] {
  const { project, region, data, keys } = place;
  const restored = [data, keys].filter((name) => name !== `data-${region}` && name !== `keys-${region}`);
  const resource = (name: string) =>
    `'module.lethe.module.region["${region}"].module.databases.google_firestore_database.database["${name}"]'`;
  const values = [data, keys].flatMap((name, at) =>
    restored.includes(name) ? [`${at === 0 ? "data" : "keys"} = "${name}"`] : [],
  );
  return [
    `1. Close the pair that still answers, if any: npm run ops -- close --project ${project} --region ${region}`,
    `2. Choose a backup: gcloud firestore backups list --project=${project} --location=${firestore[region]}`,
    "   Keys older than 7 days have none: restore the data alone, and persons whose key is gone stay unreadable.",
    ...restored.map(
      (name, at) =>
        `3${"ab"[at]}. gcloud firestore databases restore --project=${project} --destination-database=${name} --source-backup=projects/${project}/locations/${firestore[region]}/backups/BACKUP`,
    ),
    "   The name is new: never a name in use, never an import into a database that is open.",
    `   A backup brings its indexes; compare: gcloud firestore indexes composite list --project=${project} --database=${restored[0] ?? data}`,
    `4. npm run ops -- restore --project ${project} --region ${region} --data ${data} --keys ${keys}`,
    `5. In terraform/envs, module "lethe": restored = { ${region} = { ${values.join(", ")} } }`,
    ...restored.map((name) => `   terraform import ${resource(name)} projects/${project}/databases/${name}`),
    "   terraform apply -var release=NAME     (functions open the restored pair from here on; accounts may read it, backups begin)",
    `6. Rules and indexes for the restored database, which denies browsers until then: name it in firebase.json beside the others, npm run bundle, then`,
    `   firebase deploy --only firestore --project ${project} --config dist/firebase.json`,
    `7. npm run ops -- status --project ${project} --region ${region} --data ${data} --keys ${keys}   (and sign in to the console)`,
    `8. Schedules run in ${places[region].scheduler}: npm run ops -- schedules --project ${project} --region ${region}`,
  ];
}
