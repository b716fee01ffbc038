import type { Api } from "./api.ts";
import type { Closure } from "./settings-shapes.ts";

const path = "/v1/account/closure";

/** What an owner types, so that nobody deletes an account by mistake. */
export interface ClosureProof {
  /** The account's name. */
  confirmation: string;
  /** The owner's own. */
  password: string;
}

/** Whether and when the account is deleted. */
export function readClosure(api: Api, signal?: AbortSignal): Promise<Closure> {
  return api.get<Closure>(path, signal === undefined ? {} : { signal });
}

/** @throws ApiProblem `sign-in-refused` for a wrong password, `confirmation-wrong`, `legal-hold`. */
export function requestClosure(api: Api, proof: ClosureProof): Promise<Closure> {
  return api.post<Closure>(path, { body: proof });
}

/** Takes the request back. @throws ApiProblem `job-not-cancellable` once the deletion has begun. */
export function cancelClosure(api: Api): Promise<Closure> {
  return api.post<Closure>(`${path}/cancel`);
}

/** Gives up the rest of the grace: the deletion begins within the hour. */
export function waiveClosure(api: Api, proof: ClosureProof): Promise<Closure> {
  return api.post<Closure>(`${path}/waive`, { body: proof });
}
