import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const folder = join(import.meta.dirname, "../../emulator-data");

const tenantShape = z.object({
  slug: z.string(),
  name: z.string(),
  region: z.enum(["eu", "us"]),
  privacyContact: z.object({ name: z.string(), email: z.email() }),
  website: z.url(),
  accentColor: z.string(),
  agent: z.object({ name: z.string(), greeting: z.string(), instructions: z.string(), handoffText: z.string() }),
  channel: z.object({ name: z.string(), origins: z.array(z.string()) }),
  notice: z.object({
    text: z.string(),
    purposes: z.array(z.object({ id: z.string(), title: z.string(), text: z.string() })),
  }),
  staff: z.array(
    z.object({
      email: z.email(),
      password: z.string(),
      role: z.enum(["owner", "admin", "privacy", "support", "viewer"]),
      name: z.string(),
    }),
  ),
});

const peopleShape = z.array(
  z.object({
    name: z.string(),
    email: z.email(),
    questions: z.array(z.string()),
    lead: z.object({ message: z.string() }).optional(),
  }),
);

/** A demo tenant as its readable files describe it. */
export type DemoTenant = z.infer<typeof tenantShape> & {
  documents: { fileName: string; text: string }[];
  people: z.infer<typeof peopleShape>;
};

/** Reads the demo tenants, in the order of their folders: the first one's page stands at the first demo port. */
export function readDemoTenants(): DemoTenant[] {
  const slugs = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return slugs.sort().map((slug) => {
    const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, slug, name), "utf8"));
    const documents = readdirSync(join(folder, slug, "documents"))
      .sort()
      .map((fileName) => ({ fileName, text: readFileSync(join(folder, slug, "documents", fileName), "utf8") }));
    return { ...tenantShape.parse(json("tenant.json")), documents, people: peopleShape.parse(json("people.json")) };
  });
}
