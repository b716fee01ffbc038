import type { ConsoleConfig } from "./config.ts";
import { ApiProblem, problemFrom } from "./problem.ts";
import type { Region } from "./shapes.ts";

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface CallOptions {
  query?: Query;
  body?: unknown;
  /** One per intent: a repeated call with the same key finds what the first one made. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const regionItem = "lethe.region";
/** A read that failed for a passing reason is tried once more after this pause. */
const secondTryMs = 500;

/** The API of the region that the signed-in business lives in. The only place of the console that calls `fetch` for it. */
export class Api {
  readonly config: ConsoleConfig;
  /** Called when an answer says that the session is over. */
  onSessionOver: () => void = () => undefined;
  #region: Region;

  constructor(config: ConsoleConfig) {
    this.config = config;
    this.#region = rememberedRegion();
  }

  /** The region that is asked; `eu` until an answer says otherwise. */
  get region(): Region {
    return this.#region;
  }

  /** Goes on in another region, for as long as the tab is open. */
  moveTo(region: Region): void {
    this.#region = region;
    sessionStorage.setItem(regionItem, region);
  }

  /** @throws ApiProblem */
  get<Answer>(path: string, options?: CallOptions): Promise<Answer> {
    return this.#call("GET", path, options);
  }

  /** @throws ApiProblem */
  post<Answer>(path: string, options?: CallOptions): Promise<Answer> {
    return this.#call("POST", path, options);
  }

  /** @throws ApiProblem */
  put<Answer>(path: string, options?: CallOptions): Promise<Answer> {
    return this.#call("PUT", path, options);
  }

  /** @throws ApiProblem */
  delete(path: string, options?: CallOptions): Promise<unknown> {
    return this.#call("DELETE", path, options);
  }

  async #call<Answer>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    try {
      return await this.#attempt<Answer>(method, path, options);
    } catch (error) {
      const passing = error instanceof ApiProblem && (error.code === "offline" || error.status === 503);
      if (method !== "GET" || !passing) throw error;
      await new Promise((resolve) => setTimeout(resolve, secondTryMs));
      return this.#attempt<Answer>(method, path, options);
    }
  }

  async #attempt<Answer>(method: string, path: string, options: CallOptions): Promise<Answer> {
    const { body, idempotencyKey, signal } = options;
    const response = await fetch(`${this.config.api[this.region]}${path}${queryText(options.query)}`, {
      method,
      credentials: "include",
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      throw new ApiProblem({ code: "offline", title: "Lethe cannot be reached", retry: true });
    });
    if (!response.ok) {
      const problem = await problemFrom(response);
      if (problem.code === "unauthenticated" || problem.code === "session-expired") this.onSessionOver();
      throw problem;
    }
    return (response.status === 204 ? undefined : await response.json().catch(() => undefined)) as Answer;
  }
}

function rememberedRegion(): Region {
  return sessionStorage.getItem(regionItem) === "us" ? "us" : "eu";
}

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** A new key for one intent of a person: 24 random letters and digits. */
export function newIntentKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join("");
}
