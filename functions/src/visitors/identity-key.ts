import type { IdentityAlgorithm } from "./public-key.ts";

/** A public key with which a business vouches for who its visitors are. */
export interface IdentityKey {
  /** Made of `kid`: a tenant has one key of a name. */
  keyId: string;
  tenantId: string;
  /** Name of the key in the header of tokens. */
  kid: string;
  /** What staff call it. */
  name: string;
  algorithm: IdentityAlgorithm;
  /** The public members of its JWK. */
  jwk: Readonly<Record<string, string>>;
  /** RFC 7638 thumbprint. */
  thumbprint: string;
  createdAt: Date;
  createdBy: string;
}

/** Most keys that a business has at once: rotation needs two. */
export const identityKeyLimit = 10;
