import {
  type GenerateContentResponse,
  type GenerativeModel,
  type UsageMetadata,
  VertexAI,
  type VertexInit,
} from "@google-cloud/vertexai";
import { z } from "zod";
import type { Config } from "../platform/config.ts";
import type { ModelPiece, ModelRequest } from "./model.ts";
import { accessToken, localToken } from "./vertex-auth.ts";
import { embeddingDimensions, embeddingTasks, thinkingOf, type VertexClient } from "./vertex-client.ts";

const predictAnswer = z.object({
  predictions: z.array(z.object({ embeddings: z.object({ values: z.array(z.number()) }) })),
});

const plainHosts = new Set<string>();

/** The library writes `https://` before its endpoint; calls to a stand-in's host are made over http instead. */
function reachPlainly(host: string): void {
  if (plainHosts.size === 0) {
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      const plain = typeof input === "string" && [...plainHosts].some((known) => input.startsWith(`https://${known}/`));
      return fetch(plain ? input.replace("https:", "http:") : input, init);
    };
  }
  plainHosts.add(host);
}

/** The library has its own, older copy of the auth library; the two clients differ in their declared types alone. */
async function localAuth(): Promise<NonNullable<VertexInit["googleAuthOptions"]>> {
  const authClient: unknown = localToken();
  return { authClient } as NonNullable<VertexInit["googleAuthOptions"]>;
}

async function open(config: Config): Promise<GenerativeModel> {
  const endpoint = config.VERTEX_ENDPOINT === undefined ? undefined : new URL(config.VERTEX_ENDPOINT);
  if (endpoint?.protocol === "http:") reachPlainly(endpoint.host);
  const vertex = new VertexAI({
    project: config.GOOGLE_CLOUD_PROJECT,
    location: config.LOCATION,
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint.host, googleAuthOptions: await localAuth() }),
  });
  return vertex.getGenerativeModel({ model: config.MODEL_NAME });
}

function pieceOf(chunk: GenerateContentResponse): ModelPiece {
  const candidate = chunk.candidates?.[0];
  // The service counts thoughts; the library's types, which are older, do not know it.
  const usage: (UsageMetadata & { thoughtsTokenCount?: number }) | undefined = chunk.usageMetadata;
  const finishReason = candidate?.finishReason ?? chunk.promptFeedback?.blockReason;
  return {
    text: (candidate?.content.parts ?? []).map((part) => part.text ?? "").join(""),
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(usage?.promptTokenCount === undefined
      ? {}
      : {
          usage: {
            promptTokens: usage.promptTokenCount,
            answerTokens: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
          },
        }),
  };
}

function contentOf(model: string, { messages, systemInstruction, maxOutputTokens, temperature }: ModelRequest) {
  return {
    contents: messages.map(({ role, text }) => ({ role, parts: [{ text }] })),
    systemInstruction: { role: "system", parts: [{ text: systemInstruction }] },
    generationConfig: { maxOutputTokens, temperature, ...thinkingOf(model) },
  };
}

/**
 * Vertex AI through `@google-cloud/vertexai`, whose embeddings are asked of the REST interface. The library takes no
 * signal: a stream that the caller ends is read no further, and its request runs on until the service ends it.
 */
export function vertexaiClient(config: Config): VertexClient {
  const { GOOGLE_CLOUD_PROJECT: project, LOCATION: location, EMBEDDING_MODEL: embeddingModel } = config;
  let opened: Promise<GenerativeModel> | undefined;
  const model = () => (opened ??= open(config));
  const base = config.VERTEX_ENDPOINT ?? `https://${location}-aiplatform.googleapis.com`;
  const predictUrl = `${base}/v1/projects/${project}/locations/${location}/publishers/google/models/${embeddingModel}:predict`;
  return {
    async *stream(request) {
      const { stream, response } = await (await model()).generateContentStream(contentOf(config.MODEL_NAME, request));
      // The same answer as one promise, which nobody awaits: unhandled, its failure would end the process.
      response.catch(() => undefined);
      for await (const chunk of stream) yield pieceOf(chunk);
    },
    async embed(texts, task, signal) {
      const answer = await fetch(predictUrl, {
        method: "POST",
        signal,
        headers: {
          authorization: `Bearer ${await accessToken(config.VERTEX_ENDPOINT)}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({
          instances: texts.map((content) => ({ content, task_type: embeddingTasks[task] })),
          parameters: { outputDimensionality: embeddingDimensions, autoTruncate: true },
        }),
      });
      if (!answer.ok) throw new TypeError(`embedding was answered with ${answer.status}`);
      const { predictions } = predictAnswer.parse(await answer.json());
      return predictions.map(({ embeddings }) => embeddings.values);
    },
  };
}
