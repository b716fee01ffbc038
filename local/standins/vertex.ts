import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultDimensions, embed, maxDimensions, type TaskType } from "./embedding.ts";
import { answerFrom, passagesOf } from "./extractive-answer.ts";
import { bodyOf, type HttpService, sendJson, serveHttp } from "./http-service.ts";
import { type FaultMode, Faults, faultModes, type Latency } from "./vertex-faults.ts";

/** What Vertex AI takes in one `predict` call. */
const maxInstances = 250;
const slowFactor = 20;

type Part = { text?: string };
type Content = { role?: string; parts?: Part[] };
type GenerateBody = {
  contents?: Content[];
  systemInstruction?: Content | string;
  generationConfig?: { thinkingConfig?: { thinkingBudget?: number } };
};
type PredictBody = {
  instances?: { content?: string; task_type?: string; title?: string }[];
  parameters?: { outputDimensionality?: number };
};
type EmbedBody = {
  content?: Content;
  taskType?: string;
  outputDimensionality?: number;
  embedContentConfig?: { taskType?: string; outputDimensionality?: number };
};

/** What was asked of the stand-in: counts and names, never texts. */
type Seen = { count: number; methods: Record<string, number>; locations: Record<string, number>; lastModels: string[] };

/** An answer of a Google API that is not OK. */
class ApiFailure extends Error {
  readonly httpStatus: number;
  readonly status: string;
  constructor(httpStatus: number, status: string, message: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.status = status;
  }
}

/**
 * A stand-in for Vertex AI over its own HTTP protocol: Gemini models that answer from the passages in their instruction, and text
 * embedding models. Under `/standin/` tests read what was asked (`GET requests`) and set `faults` and `latency` (POST).
 *
 * @param options.port - 0 takes a free one.
 * @param options.latency - of generated answers; none unless given.
 */
export async function startVertex(options: { port: number; latency?: Latency }): Promise<HttpService> {
  const seen: Seen = { count: 0, methods: {}, locations: {}, lastModels: [] };
  const faults = new Faults();
  let latency = options.latency ?? { firstMs: 0, pieceMs: 0 };
  return serveHttp(options.port, async (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (path.startsWith("/standin/")) {
      latency = await control(request, response, path, { seen, faults, latency });
      return;
    }
    try {
      await serveModel(request, response, { path, seen, faults, latency });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      const { httpStatus: code, status, message } = error;
      sendJson(response, code, { error: { code, message, status } });
    }
  });
}

type Context = { seen: Seen; faults: Faults; latency: Latency };

async function control(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { seen, faults, latency }: Context,
): Promise<Latency> {
  if (request.method === "GET" && path === "/standin/requests") {
    sendJson(response, 200, seen);
    return latency;
  }
  const body = JSON.parse((await bodyOf(request)) || "{}");
  if (path === "/standin/faults" && (body.mode === "none" || faultModes.includes(body.mode))) {
    faults.set(body.mode === "none" ? undefined : body.mode, body.mode === "none" ? 0 : Number(body.count ?? 1));
    sendJson(response, 200, {});
    return latency;
  }
  if (path === "/standin/latency") {
    sendJson(response, 200, {});
    return { firstMs: Number(body.firstMs ?? 0), pieceMs: Number(body.pieceMs ?? 0) };
  }
  sendJson(response, 404, { error: { code: 404, message: `no ${request.method} ${path}`, status: "NOT_FOUND" } });
  return latency;
}

async function serveModel(
  request: IncomingMessage,
  response: ServerResponse,
  { path, seen, faults, latency }: Context & { path: string },
): Promise<void> {
  const found =
    /^\/v1(?:beta1)?\/projects\/[^/]+\/locations\/(?<location>[^/]+)\/publishers\/google\/models\/(?<model>[^/:]+):(?<method>\w+)$/.exec(
      path,
    )?.groups;
  const { location = "", model = "", method = "" } = found ?? {};
  if (request.method !== "POST" || !methods.has(method)) throw new ApiFailure(404, "NOT_FOUND", `no ${path}`);
  if (!request.headers.authorization?.startsWith("Bearer ")) {
    throw new ApiFailure(401, "UNAUTHENTICATED", "Request is missing required authentication credential.");
  }
  seen.count += 1;
  seen.methods[method] = (seen.methods[method] ?? 0) + 1;
  seen.locations[location] = (seen.locations[location] ?? 0) + 1;
  seen.lastModels = [...seen.lastModels, model].slice(-10);
  const body = parsed(await bodyOf(request));
  if (method === "predict") return sendJson(response, 200, predict(model, body));
  if (method === "embedContent") return sendJson(response, 200, embedContent(model, body));
  if (!model.startsWith("gemini-")) throw new ApiFailure(404, "NOT_FOUND", `Publisher Model ${model} was not found.`);
  if (method === "countTokens") return sendJson(response, 200, countTokens(body));
  await generate(response, { model, body, stream: method === "streamGenerateContent", fault: faults.take(), latency });
}

const methods = new Set(["streamGenerateContent", "generateContent", "countTokens", "predict", "embedContent"]);

async function generate(
  response: ServerResponse,
  call: { model: string; body: GenerateBody; stream: boolean; fault: FaultMode | undefined; latency: Latency },
): Promise<void> {
  const { model, body, stream, fault } = call;
  const answer = answerTo(body);
  if (fault === "error-503") throw new ApiFailure(503, "UNAVAILABLE", "The service is currently unavailable.");
  if (fault === "error-429")
    throw new ApiFailure(429, "RESOURCE_EXHAUSTED", "Resource exhausted, please try again later.");
  if (fault === "hang") return;
  const factor = fault === "slow" ? slowFactor : 1;
  await sleep(call.latency.firstMs * factor);
  const usageMetadata = usage(model, body, answer);
  const finishReason = (fault && stopReasons[fault]) ?? "STOP";
  const last = (text: string) => ({
    candidates: [
      fault === "blocked"
        ? { index: 0, finishReason }
        : { index: 0, content: { role: "model", parts: [{ text }] }, finishReason },
    ],
    usageMetadata,
    modelVersion: model,
  });
  if (!stream) return sendJson(response, 200, last(answer));
  const pieces = fault === "blocked" ? [""] : piecesOf(finishReason === "STOP" ? answer : halfOf(answer));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [at, text] of pieces.entries()) {
    if (at > 0) await sleep(call.latency.pieceMs * factor);
    if (response.destroyed) return;
    if (fault === "cut-midstream" && at === Math.ceil(pieces.length / 2)) {
      response.destroy();
      return;
    }
    const isLast = at === pieces.length - 1;
    const piece = { candidates: [{ index: 0, content: { role: "model", parts: [{ text }] } }], modelVersion: model };
    response.write(`data: ${JSON.stringify(isLast ? last(text) : piece)}\r\n\r\n`);
  }
  response.end();
}

function answerTo(body: GenerateBody): string {
  const asked = (body.contents ?? []).filter((content) => content.role !== "model").map(textOf);
  const question = asked.at(-1);
  if (question === undefined) throw new ApiFailure(400, "INVALID_ARGUMENT", "at least one contents field is required");
  return answerFrom(passagesOf(textOf(body.systemInstruction)), question, asked.at(-2));
}

/** What a stream says that ends before its answer is whole. */
const stopReasons: Partial<Record<FaultMode, string>> = {
  blocked: "SAFETY",
  "blocked-midstream": "SAFETY",
  "max-tokens": "MAX_TOKENS",
};

/** Cut in the middle of a sentence. */
function halfOf(answer: string): string {
  return answer.slice(0, Math.ceil(answer.length / 2));
}

/** Small enough that a stream is seen to be one: a few words each. */
function piecesOf(answer: string): string[] {
  return answer.match(/(?:\S+\s*){1,4}/g) ?? [answer];
}

function predict(model: string, body: PredictBody): object {
  const { instances = [] } = body;
  const most = model.startsWith("gemini-embedding") ? 1 : maxInstances;
  if (instances.length === 0 || instances.length > most) {
    throw new ApiFailure(400, "INVALID_ARGUMENT", `${model} takes 1 to ${most} instances, not ${instances.length}`);
  }
  const predictions = instances.map(({ content = "", task_type, title }) => {
    const text = title === undefined ? content : `${title}\n${content}`;
    const values = vector(model, text, body.parameters?.outputDimensionality, task_type);
    return { embeddings: { values, statistics: { truncated: false, token_count: tokensIn(text) } } };
  });
  return { predictions, metadata: { billableCharacterCount: instances.join("").length } };
}

function embedContent(model: string, body: EmbedBody): object {
  const config = body.embedContentConfig ?? body;
  const text = textOf(body.content);
  const values = vector(model, text, config.outputDimensionality, config.taskType);
  return { embedding: { values }, usageMetadata: { promptTokenCount: tokensIn(text) }, truncated: false };
}

function vector(model: string, text: string, dimensions = defaultDimensions, task = ""): number[] {
  if (!/^(text-embedding|text-multilingual-embedding|gemini-embedding)-/.test(model)) {
    throw new ApiFailure(404, "NOT_FOUND", `Publisher Model ${model} was not found.`);
  }
  if (text.trim() === "") throw new ApiFailure(400, "INVALID_ARGUMENT", "The text content is empty.");
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > maxDimensions) {
    throw new ApiFailure(400, "INVALID_ARGUMENT", `outputDimensionality must be 1 to ${maxDimensions}`);
  }
  return embed(text, dimensions, taskFrom(task));
}

function taskFrom(task: string): TaskType {
  return task === "RETRIEVAL_QUERY" || task === "RETRIEVAL_DOCUMENT" ? task : "other";
}

function countTokens(body: GenerateBody): object {
  const text = `${textOf(body.systemInstruction)}${(body.contents ?? []).map(textOf).join("")}`;
  return { totalTokens: tokensIn(text), totalBillableCharacters: text.replace(/\s/g, "").length };
}

/** Models of this generation think before they answer, unless they are told not to. */
function thoughtTokens(model: string, body: GenerateBody): number {
  if (!model.startsWith("gemini-2.5-")) return 0;
  return body.generationConfig?.thinkingConfig?.thinkingBudget ?? 512;
}

function usage(model: string, body: GenerateBody, answer: string): object {
  const promptTokenCount = tokensIn(`${textOf(body.systemInstruction)}${(body.contents ?? []).map(textOf).join("")}`);
  const candidatesTokenCount = tokensIn(answer);
  const thoughtsTokenCount = thoughtTokens(model, body);
  const totalTokenCount = promptTokenCount + candidatesTokenCount + thoughtsTokenCount;
  return {
    promptTokenCount,
    candidatesTokenCount,
    ...(thoughtsTokenCount === 0 ? {} : { thoughtsTokenCount }),
    totalTokenCount,
  };
}

/** About four characters a token, as Google's documentation says of English. */
function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}

function textOf(content: Content | string | undefined): string {
  if (typeof content === "string") return content;
  return (content?.parts ?? []).map((part) => part.text ?? "").join("\n");
}

function parsed(text: string): GenerateBody & PredictBody & EmbedBody {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFailure(400, "INVALID_ARGUMENT", "Invalid JSON payload received.");
  }
}
