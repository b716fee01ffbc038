/** A call to the API as a program makes one; the answer's JSON, its cookies, or an error that says what was refused. */
export async function call(
  base: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
): Promise<{ json: Record<string, unknown>; cookie: string }> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 400)}`);
  const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .join("; ");
  return { json: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text }, cookie };
}

/** A text of an answer. @throws Error when it is not there. */
export function textOf(json: Record<string, unknown>, name: string): string {
  const value = json[name];
  if (typeof value !== "string") throw new Error(`the answer has no ${name}`);
  return value;
}
