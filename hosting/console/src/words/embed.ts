/**
 * The line that puts the widget on a page.
 *
 * @param appOrigin - where the widget's files are served.
 * @param apiOrigin - where the chat itself lives: the region of the business.
 */
export function embedSnippet(appOrigin: string, apiOrigin: string, channelKey: string): string {
  return `<script async src="${appOrigin}/widget/loader.js" data-api="${apiOrigin}" data-channel="${channelKey}"></script>`;
}

/** The line that lets a page say who its visitor is, from an address of the business that answers with a signed token. */
export function identitySnippet(): string {
  return `<script>window.Lethe = { identity: () => fetch("/my/chat-identity").then((answer) => answer.text()) };</script>`;
}
