import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { everyPlace } from "../support/search-everywhere.ts";
import { arriveAt, type Shop } from "../support/shop.ts";

/** Lets a visitor begin a conversation and leave some leads. */
export async function visit(deps: Deps, shop: Shop, name: string, leads = 5): Promise<DataSubject> {
  const person = await arriveAt(deps, shop, name, { remember: true });
  for (let number = 1; number <= leads; number += 1)
    await createLead(deps, person, { email: `${name}@people.example`, message: name }, `${name}-lead-${number}`);
  return person;
}

/**
 * What names somebody or something: found by reading everything, not by the inventory's queries.
 *
 * @returns text by `database/path` or `bucket/path`.
 */
export async function placesNaming(deps: Deps, word: string): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for await (const { database, place, text } of everyPlace(deps)) {
    if (`${place} ${text}`.includes(word)) places.set(database === undefined ? place : `${database}/${place}`, text);
  }
  return places;
}

const personal = new Set(personalCollections.map(({ path }) => path.split("/").at(-2)));

/** Those of some places that are records of persons. */
export function recordsAmong(places: ReadonlyMap<string, string>): Map<string, string> {
  const isRecord = (place: string) =>
    /^(data|keys)-\w+\/tenants\//.test(place) && personal.has(place.split("/").at(-2));
  return new Map([...places].filter(([place]) => isRecord(place)));
}
