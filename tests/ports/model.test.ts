import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Config, parseConfig } from "../../functions/src/platform/config.ts";
import type { Model, ModelPiece, ModelRequest } from "../../functions/src/ports/model.ts";
import { vertexModel } from "../../functions/src/ports/vertex-model.ts";
import { fakeModel } from "../fakes/model.ts";
import { endpoint, failModel } from "../support/emulators.ts";

const passages = `<passage id="1" title="Prices">A loaf of rye bread costs 4 euro and 20 cent.</passage>
<passage id="2" title="Hours">The bakery opens at six in the morning.</passage>`;

function requestOf(question: string, changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    systemInstruction: `Answer from the passages.\n<passages>\n${passages}\n</passages>`,
    messages: [
      { role: "user", text: "Hello" },
      { role: "model", text: "Hello, what would you like to know?" },
      { role: "user", text: question },
    ],
    maxOutputTokens: 200,
    temperature: 0,
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}

async function piecesOf(model: Model, request: ModelRequest): Promise<ModelPiece[]> {
  const pieces: ModelPiece[] = [];
  for await (const piece of model.stream(request)) pieces.push(piece);
  return pieces;
}

function configFor(client: "genai" | "vertexai", vertexEndpoint: string): Config {
  return parseConfig({
    LETHE_ENV: "local",
    GOOGLE_CLOUD_PROJECT: "demo-model",
    REGION: "eu",
    APP_ORIGIN: "http://localhost:8100",
    API_ORIGIN: "http://localhost:8101",
    SESSION_SEALING_KEY: Buffer.alloc(32, 7).toString("base64"),
    MODEL_CLIENT: client,
    VERTEX_ENDPOINT: vertexEndpoint,
  });
}

function answering(): Model {
  const model = fakeModel();
  model.say(["A loaf of rye bread ", "costs 4 euro and 20 cent. [1]"]);
  return model;
}

const unavailable = expect.objectContaining({ name: "AppError", code: "model-unavailable" });
const subjects: [string, () => Model][] = [
  ["the fake", answering],
  ["@google/genai", () => vertexModel(configFor("genai", endpoint("VERTEX_ENDPOINT")))],
  ["@google-cloud/vertexai", () => vertexModel(configFor("vertexai", endpoint("VERTEX_ENDPOINT")))],
];

describe.each(subjects)("a model through %s", (_, open) => {
  it("streams an answer in pieces and ends with why it stopped and what it used", async () => {
    const pieces = await piecesOf(open(), requestOf("What does a loaf of rye bread cost?"));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.map(({ text }) => text).join("")).toContain("4 euro and 20 cent");
    const last = pieces.at(-1);
    expect(last?.finishReason).toBe("STOP");
    expect(last?.usage?.promptTokens).toBeGreaterThan(10);
    expect(last?.usage?.answerTokens).toBeGreaterThan(2);
  });

  it("ends with the caller's signal", async () => {
    const signal = AbortSignal.abort();
    await expect(piecesOf(open(), requestOf("What does rye bread cost?", { signal }))).rejects.toThrow(unavailable);
    await expect(open().embed(["rye"], "query", signal)).rejects.toThrow(unavailable);
  });

  it("embeds texts in order as unit vectors of 768 numbers", async () => {
    const model = open();
    const texts = ["rye bread", "the opening hours", "rye bread"];
    const vectors = await model.embed(texts, "document", AbortSignal.timeout(10_000));
    expect(vectors.map(({ length }) => length)).toEqual([768, 768, 768]);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    expect(vectors[2]).toEqual(vectors[0]);
    expect(vectors[1]).not.toEqual(vectors[0]);
    expect(await model.embed([], "document", AbortSignal.timeout(10_000))).toEqual([]);
  });

  it("brings a question nearer to the text that answers it", async () => {
    const model = open();
    const signal = AbortSignal.timeout(10_000);
    const [question = []] = await model.embed(["What does rye bread cost?"], "query", signal);
    const [answer = [], other = []] = await model.embed(
      ["Rye bread costs 4 euro.", "We open at six."],
      "document",
      signal,
    );
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    expect(dot(question, answer)).toBeGreaterThan(dot(question, other));
  });
});

describe.each(subjects.slice(1))("when Vertex AI fails under %s", (_, open) => {
  afterEach(() => failModel("none"));

  it.each([["error-503"], ["error-429"], ["cut-midstream"]])("%s is model-unavailable", async (mode) => {
    await failModel(mode, 5);
    await expect(piecesOf(open(), requestOf("What does a loaf of rye bread cost?"))).rejects.toThrow(unavailable);
  });

  it.each([
    ["blocked-midstream", "SAFETY"],
    ["max-tokens", "MAX_TOKENS"],
  ])("says of an answer that ended too early (%s) why", async (mode, reason) => {
    await failModel(mode);
    const pieces = await piecesOf(open(), requestOf("What does a loaf of rye bread cost?"));
    expect(pieces.map(({ text }) => text).join("")).not.toBe("");
    expect(pieces.at(-1)?.finishReason).toBe(reason);
  });

  it("says why a model that was stopped said nothing", async () => {
    await failModel("blocked");
    const pieces = await piecesOf(open(), requestOf("What does a loaf of rye bread cost?"));
    expect(pieces.map(({ text }) => text).join("")).toBe("");
    expect(pieces.at(-1)?.finishReason).toBe("SAFETY");
  });
});

describe.each(["genai", "vertexai"] as const)("a model that thinks, through %s", (client) => {
  const tokensOf = async (name: string) => {
    const config = { ...configFor(client, endpoint("VERTEX_ENDPOINT")), MODEL_NAME: name };
    const pieces = await piecesOf(vertexModel(config), requestOf("What does a loaf of rye bread cost?"));
    return pieces.at(-1)?.usage?.answerTokens ?? 0;
  };

  it("does not where it can be told not to, else as little as it may, and its thoughts are counted", async () => {
    const written = await tokensOf("gemini-2.0-flash");
    expect(await tokensOf("gemini-2.5-flash")).toBe(written);
    expect(await tokensOf("gemini-2.5-pro")).toBe(written + 128);
  });
});

describe.each(["genai", "vertexai"] as const)("when %s gets no answer", (client) => {
  it("gives up when the signal says so", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      silent.listen(0, "127.0.0.1", resolve);
    });
    const model = vertexModel(configFor(client, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`));
    const began = Date.now();
    const request = requestOf("What does rye bread cost?", { signal: AbortSignal.timeout(300) });
    await expect(piecesOf(model, request)).rejects.toThrow(unavailable);
    await expect(model.embed(["rye"], "query", AbortSignal.timeout(300))).rejects.toThrow(unavailable);
    expect(Date.now() - began).toBeLessThan(3_000);
    silent.closeAllConnections();
    silent.close();
  });
});

describe.each(["genai", "vertexai"] as const)("when nothing listens where %s calls", (client) => {
  it("is model-unavailable", async () => {
    const model = vertexModel(configFor(client, "http://127.0.0.1:65530"));
    await expect(piecesOf(model, requestOf("Hello?"))).rejects.toThrow(unavailable);
    await expect(model.embed(["Hello?"], "query", AbortSignal.timeout(5_000))).rejects.toThrow(unavailable);
  });
});
