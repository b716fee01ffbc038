/**
 * The line that puts the widget on a page.
 *
 * @param appOrigin - where the widget's files are served.
 */
export function embedSnippet(appOrigin: string, channelKey: string): string {
  return `<script src="${appOrigin}/widget/loader.js" data-channel="${channelKey}" async></script>`;
}
