import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { makeDesk } from "../../support/verify-desk.ts";
import {
  type FileMap,
  jsonFile,
  makeBag,
  makeManifest,
  makeRecord,
  makeSigner,
  payloadTypes,
  sha256,
} from "../../support/verify-fixtures.ts";
import { makeZip, type ZipEntry } from "../../support/zip-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const key = ["--key", log.logKey];
const desk = makeDesk();
afterAll(() => desk.clear());

const data: FileMap = new Map([
  ["data/subject.json", Buffer.from('{"name":"Ada"}\n')],
  ["data/conversations.json", Buffer.from(JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ turn: i }))))],
  ["data/files/100%25 own.txt", Buffer.from("a name that a manifest writes with %25")],
  ["data/files/empty", Buffer.alloc(0)],
]);
const bag = makeBag(data, log);
// A manifest writes % as %25; on disk the file has its own name.
const onDisk = (files: FileMap): FileMap =>
  new Map([...files].map(([name, bytes]) => [name.replace("%25", "%"), bytes]));
const good = onDisk(bag);
const entriesOf = (files: FileMap): ZipEntry[] =>
  [...files].map(([name, bytes]) => ({ name: `export-1/${name}`, bytes }));
const verifyFolder = (files: FileMap) => desk.verify(desk.putFolder(files), ...key);
const verifyZip = (bytes: Uint8Array) => desk.verify(desk.put("bag.zip", bytes), ...key);
const without = (name: string): FileMap => new Map([...good].filter(([other]) => other !== name));
const tagged = (files: FileMap): FileMap => {
  const tags = new Map(
    ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"].map((name) => [name, files.get(name) ?? Buffer.alloc(0)]),
  );
  return new Map(files).set("tagmanifest-sha256.txt", makeManifest(tags));
};

describe("a bag", () => {
  it("is accepted as a folder and as a zip file", async () => {
    const said =
      "export of 4 files, all as signed; export manifest, entry 3 of 7 in logs.example/tenant-1; signed\n" +
      "  createdAt: 2025-01-15T12:00:00Z\n  exportId: export-1\n";
    expect((await verifyFolder(good)).text).toContain(said);
    expect((await verifyZip(makeZip(entriesOf(good)).bytes)).text).toContain(said);
  });

  it.each<[string, Partial<ZipEntry>, { zip64End?: boolean }]>([
    ["stored", { method: "stored" }, {}],
    ["with descriptors of 12 bytes", { descriptor: 12 }, {}],
    ["with descriptors of 16 bytes", { descriptor: 16 }, {}],
    ["stored with descriptors", { method: "stored", descriptor: 16 }, {}],
    ["in zip64", { zip64: true }, { zip64End: true }],
    ["in zip64 with descriptors of 20 bytes", { zip64: true, descriptor: 20 }, { zip64End: true }],
    ["in zip64 with descriptors of 24 bytes", { zip64: true, descriptor: 24 }, { zip64End: true }],
    ["with ASCII names without the UTF-8 flag", { flags: 0 }, {}],
  ])("is accepted %s", async (_, how, options) => {
    const entries = [
      { name: "export-1/", bytes: Buffer.alloc(0), mode: 0o40755, ...how },
      ...entriesOf(good).map((e) => ({ ...e, ...how })),
    ];
    expect(await verifyZip(makeZip(entries, options).bytes)).toMatchObject({ exitCode: 0 });
  });
});

describe("a bag is refused, and the file named, if", () => {
  const otherManifest = makeManifest(new Map(data).set("data/subject.json", Buffer.from("{}")));
  const other = makeBag(new Map([["data/subject.json", Buffer.from("{}")]]), log);
  const get = (name: string): Buffer => good.get(name) ?? Buffer.alloc(0);
  const put = (name: string, bytes: Buffer | string): FileMap => new Map(good).set(name, Buffer.from(bytes));

  it.each<[string, FileMap, RegExp]>([
    [
      "a file is changed",
      put("data/subject.json", '{"name":"Bob"}\n'),
      /: data\/subject\.json: is not the file of the manifest$/,
    ],
    ["a file is missing", without("data/conversations.json"), /: data\/conversations\.json: is missing$/],
    ["a file is too many", put("data/more.json", "{}"), /: data\/more\.json: is in no manifest$/],
    ["a file beside data/ is too many", put("more.json", "{}"), /: more\.json: is in no manifest$/],
    ["files are to be fetched", put("fetch.txt", "https://x.example 1 data/x\n"), /: fetch\.txt: is in no manifest$/],
    [
      "the manifest is another",
      tagged(put("manifest-sha256.txt", otherManifest)),
      /: manifest-sha256\.txt: is not the manifest that was signed$/,
    ],
    ["the manifest is missing", without("manifest-sha256.txt"), /has no manifest-sha256\.txt$/],
    ["the signature is missing", without("export-manifest.dsse.json"), /has no export-manifest\.dsse\.json$/],
    [
      "the signature is of another export",
      put("export-manifest.dsse.json", other.get("export-manifest.dsse.json") as Buffer),
      /does not name this export manifest/,
    ],
    [
      "signature and proof are of another export",
      new Map([
        ...good,
        ...["export-manifest.dsse.json", "proof.json"].map((n) => [n, other.get(n)] as [string, Buffer]),
      ]),
      /: manifest-sha256\.txt: is not the manifest that was signed$/,
    ],
    ["the proof is missing", without("proof.json"), /has no proof\.json$/],
    ["the proof is no JSON", put("proof.json", "[]"), /: proof\.json: is not a JSON object$/],
    ["the tag manifest is missing", without("tagmanifest-sha256.txt"), /has no tagmanifest-sha256\.txt$/],
    [
      "a tag file is changed",
      put("bag-info.txt", "Source-Organization: Leth\n"),
      /: bag-info\.txt: is not the file of the manifest$/,
    ],
    ["a tag file is missing", without("bag-info.txt"), /: bag-info\.txt: is missing$/],
    [
      "it is of another version",
      put("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"),
      /: bagit\.txt: does not declare a BagIt 1\.0 bag/,
    ],
    [
      "the tag manifest names data",
      put("tagmanifest-sha256.txt", `${get("tagmanifest-sha256.txt")}${sha256("x").toString("hex")}  data/x\n`),
      /: data\/x: is in the wrong manifest$/,
    ],
    [
      "the tag manifest names a file twice",
      put("tagmanifest-sha256.txt", `${get("tagmanifest-sha256.txt")}`.repeat(2)),
      /: tagmanifest-sha256\.txt: line 4 names bagit\.txt again$/,
    ],
    [
      "the tag manifest has no final newline",
      put("tagmanifest-sha256.txt", get("tagmanifest-sha256.txt").subarray(0, -1)),
      /: tagmanifest-sha256\.txt: does not end in a newline$/,
    ],
    [
      "the tag manifest is garbage",
      put("tagmanifest-sha256.txt", "hello\n"),
      /: tagmanifest-sha256\.txt: line 1 is malformed$/,
    ],
  ])("%s", async (_, files, expected) => {
    for (const { exitCode, text } of [await verifyFolder(files), await verifyZip(makeZip(entriesOf(files)).bytes)]) {
      expect(text).toMatch(expected);
      expect(text).toMatch(/^(folder-\d+|bag\.zip): [^\n]+$/);
      expect(exitCode).toBe(1);
    }
  });

  it("a file is a link", async () => {
    const folder = desk.putFolder(without("data/subject.json"));
    symlinkSync("/etc/hostname", join(folder, "data/subject.json"));
    expect((await desk.verify(folder, ...key)).text).toMatch(/: data\/subject\.json is neither a file nor a folder$/);
  });
});

describe("a zip file is refused if", () => {
  const entries = entriesOf(good);
  const [first, second, ...rest] = entries as [ZipEntry, ZipEntry, ...ZipEntry[]];
  const named = (name: string, more: Partial<ZipEntry> = {}) =>
    makeZip([...entries, { name, bytes: Buffer.from("x"), ...more }]).bytes;
  const plain = makeZip(entries).bytes;
  /** Changes a byte at or after the `skip`-th occurrence of a signature. */
  const damaged = (signature: string, skip = 0, offset = 2): Buffer => {
    const bytes = Buffer.from(plain);
    let at = bytes.indexOf(signature, 0, "latin1");
    for (let i = 0; i < skip; i++) at = bytes.indexOf(signature, at + 1, "latin1");
    return flipped(bytes, at + offset);
  };
  const miscounted = (): Buffer => {
    const bytes = Buffer.from(plain);
    bytes.writeUInt16LE(entries.length - 1, bytes.length - 12);
    return bytes;
  };
  const overlapping = (): Buffer => {
    const bytes = Buffer.from(plain);
    const second = bytes.indexOf("PK\x01\x02", bytes.indexOf("PK\x01\x02") + 4, "latin1");
    bytes.writeUInt32LE(0, second + 42);
    return bytes;
  };

  it.each<[string, Uint8Array, RegExp]>([
    ["a name climbs up", named("../x"), /: \.\.\/x: is an unsafe name$/],
    ["a name climbs up inside", named("export-1/data/../../x"), /is an unsafe name$/],
    ["a name ends in ..", named("export-1/.."), /is an unsafe name$/],
    ["a name is absolute", named("/etc/passwd"), /: \/etc\/passwd: is an unsafe name$/],
    ["a name has a drive", named("C:x"), /is an unsafe name$/],
    ["a name has a backslash", named("export-1\\data\\x"), /is an unsafe name$/],
    ["a name has a control character", named("export-1/a\nb"), /export-1\/a\\u\{a\}b: is an unsafe name$/],
    ["a name is empty", named(""), /: : is an unsafe name$/],
    ["a name has an empty part", named("export-1//x"), /is an unsafe name$/],
    [
      "an entry is a symbolic link",
      named("export-1/link", { mode: 0o120777 }),
      /export-1\/link: is a link or a device$/,
    ],
    ["an entry is a device", named("export-1/dev", { mode: 0o20644 }), /is a link or a device$/],
    ["an entry is there twice", named("export-1/bagit.txt"), /export-1\/bagit\.txt: is there twice$/],
    ["an entry is encrypted", named("export-1/x", { flags: 0x801 }), /is encrypted, or packed in an unknown way$/],
    ["two entries overlap", overlapping(), /headers that do not agree|overlaps what follows it, or leaves a gap/],
    [
      "there is a gap between entries",
      makeZip([first, { ...second, gap: 7 }, ...rest]).bytes,
      /overlaps what follows it, or leaves a gap/,
    ],
    [
      "there are bytes before the first entry",
      makeZip([{ ...first, gap: 7 }, second, ...rest]).bytes,
      /has bytes before its first entry/,
    ],
    ["there are bytes after the end", Buffer.concat([plain, Buffer.of(0)]), /does not end as a zip file does/],
    ["it has a comment", makeZip(entries, { comment: "hello" }).bytes, /does not end as a zip file does/],
    ["it is cut short", plain.subarray(0, -30), /does not end as a zip file does/],
    [
      "it lacks its beginning",
      Buffer.concat([Buffer.from("PK"), plain.subarray(40)]),
      /has a directory of a wrong size/,
    ],
    ["an entry of the directory is damaged", damaged("PK\x01\x02"), /zip: entry 0 is damaged$/],
    ["an entry's own header is damaged", damaged("PK\x03\x04", 1), /has two headers that do not agree$/],
    ["the directory is cut short", damaged("PK\x05\x06", 0, 12), /has a directory of a wrong size$/],
    ["it says another number of entries", miscounted(), /has 10 entries, but says 9$/],
    ["it is only an end", makeZip([]).bytes, /is neither a bag/],
    [
      "two headers name an entry differently",
      makeZip([{ ...first, localName: first.name.replace("bagit", "bagIt") }, second, ...rest]).bytes,
      /has two headers that do not agree$/,
    ],
    [
      "an entry unpacks to more than it says",
      makeZip([...entries, { name: "export-1/data/x", bytes: Buffer.alloc(99), saidSize: 98 }]).bytes,
      /is in no manifest/,
    ],
    [
      "a file unpacks to more than it says",
      makeZip([{ ...first, saidSize: first.bytes.length - 1 }, second, ...rest]).bytes,
      /does not unpack to the \d+ bytes that it says$/,
    ],
    [
      "a file unpacks to less than it says",
      makeZip([{ ...first, saidSize: first.bytes.length + 1 }, second, ...rest]).bytes,
      /does not unpack to the \d+ bytes that it says$/,
    ],
    [
      "it is a bomb",
      named("export-1/data/zeros", { bytes: Buffer.alloc(40_000_000) }),
      /is a zip bomb: \d+ bytes that unpack to 4\d{7}$/,
    ],
    [
      "it is a bomb that lies",
      makeZip([
        ...entries.filter(({ name }) => !name.endsWith("subject.json")),
        { name: "export-1/data/subject.json", bytes: Buffer.alloc(40_000_000), saidSize: 15 },
      ]).bytes,
      /data\/subject\.json: does not unpack to the 15 bytes/,
    ],
  ])("%s", async (_, bytes, expected) => {
    const { exitCode, text } = await verifyZip(bytes);
    expect(text).toMatch(expected);
    expect(text).toMatch(/^bag\.zip: [^\n]+$/);
    expect(exitCode).toBe(1);
  });

  it("its compressed data are damaged, naming the file", async () => {
    const bytes = Buffer.from(makeZip(entries.map((e) => ({ ...e }))).bytes);
    const start = bytes.indexOf("conversations.json") + "conversations.json".length;
    bytes.fill(0xff, start + 4, start + 40);
    expect((await verifyZip(bytes)).text).toMatch(
      /^bag\.zip: data\/conversations\.json: cannot be read or unpacked \(Z_DATA_ERROR\)$/,
    );
  });
});

describe("a single subject.json", () => {
  const bytes = Buffer.from('{"name":"Ada"}');
  const statement = {
    exportId: "export-2",
    createdAt: "2025-01-15T12:00:00Z",
    subjectSha256: sha256(bytes).toString("hex"),
  };
  const record = makeRecord(payloadTypes.exportManifest, statement, "manifestDigest", log);
  const lay = (content: Uint8Array, signed: unknown): string => {
    mkdirSync(desk.path("single"), { recursive: true });
    writeFileSync(desk.path("single/subject.json"), content);
    writeFileSync(desk.path("single/subject.json.dsse.json"), jsonFile(signed));
    return desk.path("single/subject.json");
  };

  it("is accepted by its name, by its signature's name, and by both", async () => {
    const file = lay(bytes, record);
    for (const files of [[file], [`${file}.dsse.json`], [file, `${file}.dsse.json`]])
      expect((await desk.verify(...files, ...key)).text).toMatch(
        /^single\/subject\.json\.dsse\.json: export manifest, entry 3 of 7 .*; signed/,
      );
  });

  it("may be larger than any other file that is read whole", async () => {
    const large = Buffer.alloc(9_000_000, "x");
    const signed = makeRecord(
      payloadTypes.exportManifest,
      { subjectSha256: sha256(large).toString("hex") },
      "manifestDigest",
      log,
    );
    expect(await desk.verify(lay(large, signed), ...key)).toMatchObject({ exitCode: 0 });
  });

  it.each<[string, Uint8Array, unknown, RegExp]>([
    [
      "if it is changed",
      Buffer.from('{"name":"Bob"}'),
      record,
      /^single\/subject\.json: is not the file that was signed$/,
    ],
    [
      "with a receipt for a signature",
      bytes,
      makeRecord(payloadTypes.exportManifest, { exportId: "x" }, "manifestDigest", log),
      /is not the file that was signed$/,
    ],
    ["without proof", bytes, { envelope: record.envelope }, /has no ledger proof and leaf/],
  ])("is refused %s", async (_, content, signed, expected) => {
    const { exitCode, text } = await desk.verify(lay(content, signed), ...key);
    expect(text).toMatch(expected);
    expect(exitCode).toBe(1);
  });

  it("is refused if its signature lies alone", async () => {
    const { exitCode, text } = await desk.verify(desk.put("alone.json.dsse.json", jsonFile(record)), ...key);
    expect({ exitCode, text }).toEqual({
      exitCode: 1,
      text: expect.stringMatching(/: alone\.json: cannot be read or unpacked \(ENOENT\)$/),
    });
  });
});

function flipped(bytes: Buffer, offset: number): Buffer {
  bytes[offset] = (bytes[offset] ?? 0) ^ 8;
  return bytes;
}
