/**
 * The policy that console pages carry: nothing but their own files, and calls to the places that a deployment has.
 *
 * @param connect - origins of the API, of sign-in and of live documents.
 * @see CSP Level 3
 */
export function consolePolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Components position themselves by style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${connect.join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
