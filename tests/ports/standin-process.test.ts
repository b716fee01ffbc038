import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "@jest/globals";
import { assertPortsFree, startProcess } from "../../local/process.ts";

const folder = mkdtempSync(join(tmpdir(), "lethe-process-"));
const local = join(import.meta.dirname, "../../local");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = (name: string, script: string) => ({
  name,
  command: process.execPath,
  args: ["-e", script],
  logDirectory: folder,
  readyWithinMs: 5000,
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error("it did not happen within ten seconds");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe("a process of the local cloud", () => {
  it("is stopped together with what it started, even when it ignores the request", async () => {
    const child = "process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)";
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
    const log = join(folder, "family.log");
    const isReady = async () => /\d+/.test(readFileSync(log, "utf8"));
    const running = await startProcess({ ...spec("family", parent), isReady });
    const grandchild = Number(readFileSync(log, "utf8"));
    expect(isAlive(grandchild)).toBe(true);
    await running.stop();
    expect(isAlive(running.pid)).toBe(false);
    // The parent ended at the request; its child did not, and belongs to the same group.
    await until(() => !isAlive(grandchild));
  });

  it("that ends while starting is reported with the end of its log", async () => {
    const start = startProcess({
      ...spec("broken", "console.error('no such jar'); process.exit(3)"),
      isReady: async () => false,
    });
    await expect(start).rejects.toThrow(/broken ended while starting[\s\S]*no such jar/);
  });

  it("whose command is not there is reported by name", async () => {
    const start = startProcess({ ...spec("nowhere", ""), command: "/no/such/java", isReady: async () => true });
    await expect(start).rejects.toThrow("nowhere cannot be started: /no/such/java");
  });

  it("does not outlive a parent that is killed", async () => {
    const script = join(folder, "parent.ts");
    writeFileSync(
      script,
      `import { startProcess } from ${JSON.stringify(join(local, "process.ts"))};
       const running = await startProcess({ name: "orphan", command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"],
         logDirectory: ${JSON.stringify(folder)}, readyWithinMs: 5000, isReady: async () => true });
       console.log(running.pid);
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "ignore"] });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once("data", (text: Buffer) => resolve(Number(text))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isAlive(pid));
  });
});

describe("a taken port", () => {
  it("is named together with who wanted it and what to do", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const check = assertPortsFree({ "the Firestore emulator": port });
    await expect(check).rejects.toThrow(new RegExp(`${port}  wanted by the Firestore emulator[\\s\\S]*--port-base`));
    await new Promise((resolve) => server.close(resolve));
    await assertPortsFree({ "the Firestore emulator": port });
  });
});

describe("a missing Java", () => {
  it("is said with what to install", async () => {
    const script = `import(${JSON.stringify(join(local, "emulators/java.ts"))}).then((java) => java.findJava(99)).catch((error) => console.log(error.message))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      env: { ...process.env, JAVA_HOME: "/nowhere" },
    });
    expect(stdout).toMatch(/need Java 99 or newer[\s\S]*JAVA_HOME/);
  });
});
