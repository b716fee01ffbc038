/** What a request shows of its caller. */
export interface Credentials {
  method: string;
  authorization: string | undefined;
  channelKey: string | undefined;
  origin: string | undefined;
  cookies: Readonly<Record<string, string>>;
  /** The client's address as the load balancer saw it; it stays in memory. */
  address: string;
}

/** The token of `Authorization: Bearer <token>`, or undefined. */
export function bearerOf(credentials: Credentials): string | undefined {
  return /^Bearer ([\x21-\x7e]{10,1000})$/.exec(credentials.authorization ?? "")?.[1];
}
