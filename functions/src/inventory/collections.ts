import type { CollectionGroup, CollectionReference, DocumentReference, Firestore } from "@google-cloud/firestore";
import type { Region } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { type CollectionName, type CollectionOf, collections, inventory } from "./inventory.ts";

/** The databases of one region, and the directory that all regions share. */
export interface Stores {
  region: Region;
  data: Firestore;
  keys: Firestore;
  directory: Firestore;
}

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;

/** The ids that a document of the collection needs, by name, as its path in the inventory has them. */
export type DocumentParams<Name extends CollectionName> = Readonly<
  Record<ParamNames<CollectionOf<Name>["path"]>, string>
>;

type LastSegmentDropped<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? Rest extends `${string}/${string}`
    ? `${Head}/${LastSegmentDropped<Rest>}`
    : Head
  : never;

/** The ids that the collection itself needs: all but the document's own. */
export type CollectionParams<Name extends CollectionName> = Readonly<
  Record<ParamNames<LastSegmentDropped<CollectionOf<Name>["path"]>>, string>
>;

/** An id that may stand in a path: no separators, no reserved names, 1 to 200 bytes. */
const safeId = /^(?!\.{1,2}$)(?!__.*__$)[A-Za-z0-9._~-]{1,200}$/;

function fill(template: string, params: Readonly<Record<string, string>>): string {
  const segments = template.split("/").map((segment) => {
    if (!segment.startsWith("{")) return segment;
    const name = segment.slice(1, -1);
    const value = params[name];
    if (value === undefined || !safeId.test(value)) throw new AppError("input-invalid", `${name} is not an id`);
    return value;
  });
  return segments.join("/");
}

/** The region that a tenant id names: `lethe_<region>_tenant_...`. @throws AppError `input-invalid` for any other text. */
export function regionOf(tenantId: string): Region {
  const region = /^lethe_(eu|us)_tenant_[a-z0-9]{16}$/.exec(tenantId)?.[1];
  if (region !== "eu" && region !== "us") throw new AppError("input-invalid", "tenantId is not a tenant's id");
  return region;
}

function databaseFor(stores: Stores, name: CollectionName, params: Readonly<Record<string, string>>): Firestore {
  const database = inventory[name].database;
  if (database === "directory") return stores.directory;
  const tenantId = params.tenantId;
  if (tenantId !== undefined && regionOf(tenantId) !== stores.region) {
    throw new AppError("wrong-region", `tenant ${tenantId} does not live in ${stores.region}`);
  }
  return database === "keys" ? stores.keys : stores.data;
}

/**
 * The path of a document, as it goes into the additional data of its envelopes.
 *
 * @returns for example `tenants/lethe_eu_tenant_.../subjects/abc`.
 * @throws AppError `input-invalid` when an id could leave its place.
 */
export function documentPath<Name extends CollectionName>(name: Name, params: DocumentParams<Name>): string {
  return fill(inventory[name].path, params);
}

/**
 * Opens a document of a declared collection in the tenant's own region.
 *
 * @throws AppError `input-invalid` when an id is not one, `wrong-region` when the tenant lives elsewhere.
 */
export function documentRef<Name extends CollectionName>(
  stores: Stores,
  name: Name,
  params: DocumentParams<Name>,
): DocumentReference {
  return databaseFor(stores, name, params).doc(documentPath(name, params));
}

/**
 * Opens a declared collection in the tenant's own region.
 *
 * @throws AppError `input-invalid` when an id is not one, `wrong-region` when the tenant lives elsewhere.
 */
export function collectionRef<Name extends CollectionName>(
  stores: Stores,
  name: Name,
  params: CollectionParams<Name>,
): CollectionReference {
  const template = inventory[name].path;
  const parent = template.slice(0, template.lastIndexOf("/"));
  return databaseFor(stores, name, params).collection(fill(parent, params));
}

/**
 * Opens a declared collection across every tenant of the region: for sweeps, never to answer a caller.
 * Its queries need an index of their own, of the scope of a collection group.
 */
export function collectionGroupRef(stores: Stores, name: CollectionName): CollectionGroup {
  const database = databaseFor(stores, name, {});
  return database.collectionGroup(inventory[name].path.split("/").at(-2) ?? name);
}

/** The declared collection that a document path belongs to, or undefined for one that nobody declared. */
export function collectionOfPath(database: "data" | "keys" | "directory", path: string): CollectionName | undefined {
  const shape = path.split("/");
  const match = collections.find((entry) => {
    const template = entry.path.split("/");
    return (
      entry.database === database &&
      template.length === shape.length &&
      template.every((segment, index) => segment.startsWith("{") || segment === shape[index])
    );
  });
  return match?.name;
}
