import { type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import type { Config } from "../platform/config.ts";
import type { ModelPiece } from "./model.ts";
import { localToken } from "./vertex-auth.ts";
import { embeddingDimensions, embeddingTasks, thinkingOf, type VertexClient } from "./vertex-client.ts";

async function open({ VERTEX_ENDPOINT: endpoint, ...config }: Config): Promise<GoogleGenAI> {
  return new GoogleGenAI({
    vertexai: true,
    project: config.GOOGLE_CLOUD_PROJECT,
    location: config.LOCATION,
    apiVersion: "v1",
    httpOptions: {
      // Without one of its own the library reaches into the runtime's connection pool to lift its time limits of five
      // minutes, which no turn comes near.
      fetch: (input, init) => fetch(input, init),
      ...(endpoint === undefined ? {} : { baseUrl: endpoint }),
    },
    ...(endpoint === undefined ? {} : { googleAuthOptions: { authClient: localToken() } }),
  });
}

function pieceOf(chunk: GenerateContentResponse): ModelPiece {
  const candidate = chunk.candidates?.[0];
  const usage = chunk.usageMetadata;
  const finishReason = candidate?.finishReason ?? chunk.promptFeedback?.blockReason;
  return {
    text: (candidate?.content?.parts ?? []).map((part) => (part.thought === true ? "" : (part.text ?? ""))).join(""),
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

/** Vertex AI through `@google/genai`. */
export function genaiClient(config: Config): VertexClient {
  let opened: Promise<GoogleGenAI> | undefined;
  const client = () => (opened ??= open(config));
  return {
    async *stream(request) {
      const { models } = await client();
      const chunks = await models.generateContentStream({
        model: config.MODEL_NAME,
        contents: request.messages.map(({ role, text }) => ({ role, parts: [{ text }] })),
        config: {
          systemInstruction: request.systemInstruction,
          temperature: request.temperature,
          maxOutputTokens: request.maxOutputTokens,
          ...thinkingOf(config.MODEL_NAME),
          abortSignal: request.signal,
          // A turn is one call, charged once: the library neither goes on by itself nor calls tools.
          automaticContinuation: false,
          automaticFunctionCalling: { disable: true },
        },
      });
      for await (const chunk of chunks) yield pieceOf(chunk);
    },
    async embed(texts, task, signal) {
      const { models } = await client();
      const answer = await models.embedContent({
        model: config.EMBEDDING_MODEL,
        contents: [...texts],
        config: {
          taskType: embeddingTasks[task],
          outputDimensionality: embeddingDimensions,
          autoTruncate: true,
          abortSignal: signal,
        },
      });
      return (answer.embeddings ?? []).map((embedding) => embedding.values ?? []);
    },
  };
}
