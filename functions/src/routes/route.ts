import type { z } from "zod";
import type { Caller, ChannelVisitor, DataSubject, Staff } from "../identity/caller.ts";
import type { LimitClass } from "../identity/limits.ts";
import type { Permission } from "../identity/permissions.ts";
import type { Deps } from "../platform/deps.ts";

/** Who may call a route: how they are known is `identity/`'s business. */
export type CallerRule = "public" | "channel" | "data-subject" | Permission;

export type CallerFor<Rule extends CallerRule> = Rule extends "public"
  ? Extract<Caller, { kind: "public" }>
  : Rule extends "channel"
    ? ChannelVisitor
    : Rule extends "data-subject"
      ? DataSubject
      : Staff;

/** A body that is sent as it comes: server-sent events. */
export interface EventStream {
  stream: AsyncIterable<string>;
}

/** What a handler answers. JSON unless `content` or `stream` says otherwise. */
export type Answer =
  | { status: number; body?: unknown; headers?: Readonly<Record<string, string>> }
  | { status: number; content: string | Uint8Array; contentType: string; headers?: Readonly<Record<string, string>> }
  | (EventStream & { status: 200; headers?: Readonly<Record<string, string>> });

/** What a handler may know of the request besides its parsed input. */
export interface RequestContext {
  /** Trace id, for logs and problem documents. */
  trace: string;
  /** `Idempotency-Key` of the request; present on routes that say so. */
  idempotencyKey: string;
  /** `Origin` of the request, or undefined. */
  origin: string | undefined;
  /** Aborted when the client hangs up. */
  signal: AbortSignal;
  /** Cookies of the request by name. */
  cookies: Readonly<Record<string, string>>;
  now: Date;
}

/**
 * One row of a route table: who may call, the shapes, the audit action, and one call.
 * `audit` names the action that the use case records, or says why there is none.
 */
export interface Route<Rule extends CallerRule = CallerRule, Params = unknown, Query = unknown, Body = unknown> {
  caller: Rule;
  summary: string;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** Answers by status. `undefined` bodies and streams are described in words. */
  answer: Readonly<Record<number, z.ZodType | string>>;
  audit: string | { none: string };
  limit: LimitClass;
  /** The caller must send an `Idempotency-Key`; a repeated call returns what the first one made. */
  idempotent?: boolean;
  /** Largest body in bytes; 64 KiB unless said otherwise. */
  maxBodyBytes?: number;
  /** Bytes instead of JSON: the body arrives as a Uint8Array. */
  rawBody?: boolean;
  /** Which pages of other origins may read the answer. Absent: the console (with cookies), and the API's own origin. */
  cors?: "any-origin";
  handle(
    deps: Deps,
    caller: CallerFor<Rule>,
    input: { params: Params; query: Query; body: Body },
    context: RequestContext,
  ): Promise<Answer>;
}

/** A table of routes by `METHOD /path/{name}`. */
export type RouteTable = Readonly<Record<`${"GET" | "POST" | "PUT" | "DELETE"} /v1/${string}`, Route>>;

/** Checks one row where it is written: the handler is given what the row's schemas parse. */
export function route<
  Rule extends CallerRule,
  Params = Record<string, never>,
  Query = Record<string, never>,
  Body = undefined,
>(row: Route<Rule, Params, Query, Body>): Route<Rule, Params, Query, Body> {
  return row;
}
