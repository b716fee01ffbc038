import { readFileSync } from "node:fs";
import { z } from "zod";

/** A type in Terraform's own notation: `"string"`, `["list", "string"]`, `["object", {...}]`. */
export type CtyType = string | [string, CtyType] | ["object", Record<string, CtyType>];

/** An attribute: `required`, or `optional` (which the service may also fill in), or `computed` alone. */
export interface Attribute {
  type: CtyType;
  use: "required" | "optional" | "computed";
}

/** A block's arguments and the blocks inside it, by name. */
export interface Block {
  attributes: Record<string, Attribute>;
  blocks: Record<string, { block: Block; required: boolean; many: boolean }>;
}

/** What a provider offers, as far as this repository uses it. */
export interface ProviderSchema {
  provider: Block;
  resources: Record<string, Block>;
  data: Record<string, Block>;
}

const ctyType: z.ZodType<CtyType> = z.lazy(() =>
  z.union([z.string(), z.tuple([z.literal("object"), z.record(z.string(), ctyType)]), z.tuple([z.string(), ctyType])]),
);
const block: z.ZodType<Block> = z.lazy(() =>
  z.strictObject({
    attributes: z.record(
      z.string(),
      z.strictObject({ type: ctyType, use: z.enum(["required", "optional", "computed"]) }),
    ),
    blocks: z.record(z.string(), z.strictObject({ block, required: z.boolean(), many: z.boolean() })),
  }),
);
const providerSchemas = z.record(
  z.string(),
  z.strictObject({ provider: block, resources: z.record(z.string(), block), data: z.record(z.string(), block) }),
);

/**
 * Reads `provider-schema.json`.
 *
 * @returns schemas by provider: `google`, `google-beta`.
 */
export function readProviderSchemas(): Record<string, ProviderSchema> {
  return providerSchemas.parse(JSON.parse(readFileSync(new URL("provider-schema.json", import.meta.url), "utf8")));
}
