import { GoogleGenAI } from "@google/genai";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OAuth2Client } from "google-auth-library";
import type { HttpService } from "../../local/standins/http-service.ts";
import { startVertex } from "../../local/standins/vertex.ts";

const systemInstruction = [
  "Answer from the passages alone.",
  '<passage id="1" title="Opening hours">We open at 9 on weekdays. On Saturdays we open at 10.</passage>',
  '<passage id="2" title="Returns &amp; refunds">You can return a lamp within 30 days. Refunds reach your card in a week.</passage>',
].join("\n");
const model = "gemini-2.5-flash";

let vertex: HttpService;
let ai: GoogleGenAI;

beforeAll(async () => {
  vertex = await startVertex({ port: 0 });
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "local", expiry_date: Date.now() + 3_600_000 });
  ai = new GoogleGenAI({
    vertexai: true,
    project: "demo",
    location: "europe-west4",
    apiVersion: "v1",
    googleAuthOptions: { authClient },
    httpOptions: { baseUrl: `http://127.0.0.1:${vertex.port}` },
  });
});
afterAll(() => vertex.close());

async function streamed(question: string): Promise<{ pieces: string[]; tokens: number; finish: string | undefined }> {
  const config = { systemInstruction };
  const pieces: string[] = [];
  let tokens = 0;
  let finish: string | undefined;
  for await (const chunk of await ai.models.generateContentStream({ model, contents: question, config })) {
    pieces.push(chunk.text ?? "");
    tokens = chunk.usageMetadata?.totalTokenCount ?? tokens;
    finish = chunk.candidates?.[0]?.finishReason ?? finish;
  }
  return { pieces, tokens, finish };
}

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${vertex.port}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

async function vector(text: string, taskType: string): Promise<number[]> {
  const config = { taskType, outputDimensionality: 512 };
  const answer = await ai.models.embedContent({ model: "text-embedding-005", contents: [text], config });
  return answer.embeddings?.[0]?.values ?? [];
}

const dot = (left: number[], right: number[]) => left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);

describe("the Vertex AI stand-in", () => {
  it("answers from the passage that says most about the question, in pieces, naming it", async () => {
    const { pieces, tokens, finish } = await streamed("How many days do I have to return a lamp?");
    expect(pieces.join("")).toBe("You can return a lamp within 30 days. [2]");
    expect(pieces.length).toBeGreaterThan(1);
    expect(tokens).toBeGreaterThan(20);
    expect(finish).toBe("STOP");
  });

  it("says exactly that it has no answer when the passages hold none", async () => {
    expect((await streamed("Who won the regatta?")).pieces.join("")).toBe("[[no-answer]]");
  });

  it("embeds alike what is alike, the same each time, at the length asked for", async () => {
    const question = await vector("Can I send a lamp back?", "RETRIEVAL_QUERY");
    const near = await vector("You can return a lamp within 30 days and send it back free.", "RETRIEVAL_DOCUMENT");
    const far = await vector("We open at 9 on weekdays.", "RETRIEVAL_DOCUMENT");
    expect(question).toHaveLength(512);
    expect(dot(question, question)).toBeCloseTo(1, 6);
    expect(dot(question, near)).toBeGreaterThan(dot(question, far) + 0.2);
    expect(await vector("Can I send a lamp back?", "RETRIEVAL_QUERY")).toEqual(question);
  });

  it("serves the embedContent method of newer models", async () => {
    const answer = await ai.models.embedContent({ model: "gemini-embedding-2", contents: ["a lamp"] });
    expect(answer.embeddings?.[0]?.values).toHaveLength(768);
  });

  it("counts tokens", async () => {
    const counted = await ai.models.countTokens({ model, contents: "four words and more" });
    expect(counted.totalTokens).toBe(5);
  });

  it("answers unknown models, long vectors and missing tokens as Google APIs do", async () => {
    await expect(ai.models.generateContent({ model: "palm-1", contents: "hi" })).rejects.toMatchObject({ status: 404 });
    const config = { outputDimensionality: 4096 };
    await expect(
      ai.models.embedContent({ model: "text-embedding-005", contents: ["a"], config }),
    ).rejects.toMatchObject({ status: 400 });
    const path = `/v1/projects/p/locations/l/publishers/google/models/${model}:generateContent`;
    const anonymous = await fetch(`http://127.0.0.1:${vertex.port}${path}`, { method: "POST", body: "{}" });
    expect(anonymous.status).toBe(401);
    expect(await anonymous.json()).toMatchObject({ error: { code: 401, status: "UNAUTHENTICATED" } });
  });

  it("fails as it is told, as often as it is told", async () => {
    await post("/standin/faults", { mode: "error-503", count: 1 });
    await expect(streamed("lamp")).rejects.toMatchObject({ status: 503 });
    await post("/standin/faults", { mode: "cut-midstream", count: 1 });
    await expect(streamed("How many days do I have to return a lamp?")).rejects.toThrow();
    await post("/standin/faults", { mode: "blocked", count: 1 });
    expect(await streamed("lamp")).toMatchObject({ pieces: [""], finish: "SAFETY" });
    expect((await streamed("return a lamp")).finish).toBe("STOP");
  });

  it("takes as long as it is told", async () => {
    await post("/standin/latency", { firstMs: 120, pieceMs: 0 });
    const started = performance.now();
    await streamed("return a lamp");
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
    await post("/standin/latency", {});
  });

  it("keeps count of what was asked, by method and location, and no texts", async () => {
    const response = await fetch(`http://127.0.0.1:${vertex.port}/standin/requests`);
    const text = await response.text();
    expect(JSON.parse(text).locations).toHaveProperty("europe-west4");
    expect(JSON.parse(text).methods.streamGenerateContent).toBeGreaterThan(3);
    expect(text).not.toContain("lamp");
  });
});
