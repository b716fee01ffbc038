import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attribute, Block, CtyType, ProviderSchema } from "./schema.ts";

/** What a .jsii file says of a class, an interface or a property, as far as it is read here. */
interface TypeReference {
  primitive?: string;
  fqn?: string;
  collection?: { kind: string; elementtype: TypeReference };
  union?: { types: TypeReference[] };
}
interface Property {
  name: string;
  type: TypeReference;
  optional?: boolean;
  immutable?: boolean;
  static?: boolean;
  protected?: boolean;
  docs?: unknown;
}
interface JsiiType {
  fqn: string;
  kind: string;
  base?: string;
  docs?: unknown;
  properties?: Property[];
  initializer?: { parameters: { name: string; type: TypeReference }[] };
}

const ofTerraformItself = new Set([
  "connection",
  "count",
  "depends_on",
  "for_each",
  "lifecycle",
  "provider",
  "provisioners",
]);
const ofTheTypings = new Set(["fqn", "internalValue", "cdktfTypes"]);
const snakeCase = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
const isStruct = (shape: CtyType | { struct: string; many: boolean }): shape is { struct: string; many: boolean } =>
  typeof shape === "object" && "struct" in shape;

/** The argument's name as documented; what its name in the typings becomes is a guess. */
function argumentName(property: Property): string {
  const documented = /\{@link [^ }]+ [A-Za-z0-9]+#([a-z0-9_]+)\}/.exec(JSON.stringify(property.docs ?? {}));
  return documented?.[1] ?? snakeCase(property.name);
}

class Typings {
  readonly types: Map<string, JsiiType>;
  private readonly blocks = new Map<string, Block>();

  constructor(folder: string) {
    const { types } = JSON.parse(readFileSync(join(folder, ".jsii"), "utf8")) as { types: Record<string, JsiiType> };
    this.types = new Map(Object.entries(types));
  }

  private shape(type: TypeReference): CtyType | { struct: string; many: boolean } {
    const { primitive, collection, union, fqn } = type;
    if (primitive !== undefined) return primitive === "boolean" ? "bool" : primitive === "any" ? "dynamic" : primitive;
    if (collection !== undefined) {
      const element = this.shape(collection.elementtype);
      if (isStruct(element)) return { struct: element.struct, many: true };
      return [collection.kind === "map" ? "map" : "list", element];
    }
    const meant = union?.types.find((one) => one.fqn?.startsWith("cdktf.") !== true);
    if (meant !== undefined) return this.shape(meant);
    if (fqn === "cdktf.StringMap") return ["map", "string"];
    if (fqn !== undefined && this.types.get(fqn)?.kind === "interface") return { struct: fqn, many: false };
    return this.computedObjects(fqn) ?? "dynamic";
  }

  /** A list of objects that the service computes: a class `XList` beside `XOutputReference`. */
  private computedObjects(fqn: string | undefined): CtyType | undefined {
    if (fqn === undefined || this.types.get(fqn)?.base !== "cdktf.ComplexList") return undefined;
    const fields = this.getters(fqn.replace(/List$/, "OutputReference"), new Set());
    return ["list", ["object", Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.type]))]];
  }

  private getters(className: string, known: ReadonlySet<string>): Record<string, Attribute> {
    const found: Record<string, Attribute> = {};
    for (const property of this.types.get(className)?.properties ?? []) {
      const name = snakeCase(property.name);
      const hidden = property.static === true || property.protected === true || property.immutable !== true;
      if (hidden || known.has(name) || /Input$/.test(property.name) || ofTheTypings.has(property.name)) continue;
      const shape = this.shape(property.type);
      found[name] = { type: isStruct(shape) ? "dynamic" : shape, use: "computed" };
    }
    return found;
  }

  /** The block that a configuration interface describes, with what its class adds once it exists. */
  private block(configName: string, className: string): Block {
    const before = this.blocks.get(configName);
    if (before !== undefined) return before;
    const block: Block = { attributes: {}, blocks: {} };
    this.blocks.set(configName, block);
    for (const property of this.types.get(configName)?.properties ?? []) {
      const name = argumentName(property);
      const required = property.optional !== true;
      const shape = this.shape(property.type);
      if (isStruct(shape)) {
        const inner = this.block(shape.struct, `${shape.struct}OutputReference`);
        block.blocks[name] = { block: inner, required, many: shape.many };
      } else {
        block.attributes[name] = { type: shape, use: required ? "required" : "optional" };
      }
    }
    const known = new Set([...Object.keys(block.attributes), ...Object.keys(block.blocks)]);
    Object.assign(block.attributes, this.getters(className, known));
    return block;
  }

  /** The block of a construct's class, from the configuration that its constructor takes. */
  construct(type: JsiiType): Block {
    const config = type.initializer?.parameters.find(({ name }) => name === "config")?.type.fqn;
    if (config === undefined) throw new Error(`${type.fqn} takes no configuration`);
    const { attributes, blocks } = this.block(config, type.fqn);
    const ownedHere = ([name]: [string, unknown]) => !ofTerraformItself.has(name);
    return {
      attributes: Object.fromEntries(Object.entries(attributes).filter(ownedHere)),
      blocks: Object.fromEntries(Object.entries(blocks).filter(ownedHere)),
    };
  }
}

interface Uses {
  resources: Set<string>;
  data: Set<string>;
}

/** Which resources and data sources the modules use, by provider. */
function usedTypes(folder: string): Record<string, Uses> {
  const uses: Record<string, Uses> = {
    google: { resources: new Set(), data: new Set() },
    "google-beta": { resources: new Set(), data: new Set() },
  };
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tf"));
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [body, kind, type] of text.matchAll(/^(resource|data) "(google_\w+)" [\s\S]*?^}/gm)) {
      const of = uses[/^ {2}provider += google-beta$/m.test(body) ? "google-beta" : "google"];
      if (type !== undefined) of?.[kind === "data" ? "data" : "resources"].add(type);
    }
  }
  return uses;
}

function extract(typings: Typings, uses: Uses): ProviderSchema {
  const schema: ProviderSchema = { provider: { attributes: {}, blocks: {} }, resources: {}, data: {} };
  for (const type of typings.types.values()) {
    if (type.kind !== "class") continue;
    if (/\.TerraformProvider$/.test(type.base ?? "")) {
      const { alias: _alias, ...attributes } = typings.construct(type).attributes;
      const settings = Object.entries(attributes).filter(([, { use }]) => use !== "computed");
      schema.provider = { attributes: Object.fromEntries(settings), blocks: {} };
    }
    if (!/\.Terraform(Resource|DataSource)$/.test(type.base ?? "")) continue;
    const documented = /docs\/(resources|data-sources)\/[a-z0-9_]+ (google_[a-z0-9_]+)/.exec(JSON.stringify(type.docs));
    const kind = documented?.[1] === "resources" ? "resources" : "data";
    const name = documented?.[2] ?? "";
    if (uses[kind].has(name)) schema[kind][name] = typings.construct(type);
  }
  for (const kind of ["resources", "data"] as const) {
    for (const name of uses[kind]) if (schema[kind][name] === undefined) throw new Error(`no typings of ${name}`);
    schema[kind] = Object.fromEntries(Object.entries(schema[kind]).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return schema;
}

const [packages] = process.argv.slice(2);
if (packages === undefined) throw new Error("name the folder that holds @cdktf/provider-google and -google-beta");
const schemas: Record<string, ProviderSchema> = {};
for (const [provider, uses] of Object.entries(usedTypes(new URL("../../terraform", import.meta.url).pathname))) {
  schemas[provider] = extract(new Typings(join(packages, "@cdktf", `provider-${provider}`)), uses);
}
// One line a resource: short, and a change of one is one changed line.
const lines = (blocks: Record<string, Block>) =>
  Object.entries(blocks).map(([name, block]) => `      ${JSON.stringify(name)}: ${JSON.stringify(block)}`);
const text = Object.entries(schemas).map(
  ([provider, { provider: settings, resources, data }]) =>
    `  ${JSON.stringify(provider)}: {\n    "provider": ${JSON.stringify(settings)},\n` +
    `    "resources": {\n${lines(resources).join(",\n")}\n    },\n    "data": {\n${lines(data).join(",\n")}\n    }\n  }`,
);
writeFileSync(new URL("provider-schema.json", import.meta.url), `{\n${text.join(",\n")}\n}\n`);
