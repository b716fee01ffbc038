import type { ChannelSettings } from "../agents/channel-settings.ts";
import { maxQuestionCharacters } from "../conversations/conversation.ts";
import type { Config } from "../platform/config.ts";

/** The page in the widget's frame, and the headers that keep the host page out of it. */
export interface PanelPage {
  html: string;
  headers: Readonly<Record<string, string>>;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Only what parses as an http(s) origin may stand in the policy: a stored text must not add a directive. */
function frameAncestors(origins: readonly string[]): string {
  const valid = origins.filter((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
  return valid.length === 0 ? "'none'" : valid.join(" ");
}

/**
 * The chat panel of a channel. It may be framed by the channel's sites only, runs the widget's own script alone, and
 * speaks to its own origin alone.
 *
 * @see Content Security Policy Level 3
 */
export function panelPage(config: Config, channelKey: string, settings: ChannelSettings): PanelPage {
  const { tenant, channel, agent, notice } = settings;
  const app = new URL(config.APP_ORIGIN).origin;
  const forScript = {
    channelKey,
    name: agent.name,
    businessName: tenant.name,
    accentColor: channel.accentColor,
    greeting: agent.greeting,
    handoffText: agent.handoffText,
    privacyContact: tenant.privacyContact.email,
    maxQuestionCharacters,
    notice: { version: notice.version, text: notice.text, purposes: notice.purposes },
  };
  const policy = [
    "default-src 'none'",
    `script-src ${app}`,
    `style-src ${app}`,
    `img-src ${app} data:`,
    "connect-src 'self'",
    `frame-ancestors ${frameAncestors(channel.origins)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Chat with ${escaped(tenant.name)}</title>
<link rel="stylesheet" href="${app}/widget/panel.css">
</head>
<body>
<main id="lethe-panel" data-settings="${escaped(JSON.stringify(forScript))}">
<noscript><p>This chat needs JavaScript. Write to ${escaped(tenant.privacyContact.email)} instead.</p></noscript>
</main>
<script src="${app}/widget/panel.js" defer></script>
</body>
</html>
`;
  return {
    html,
    headers: {
      "content-security-policy": policy.join("; "),
      "referrer-policy": "no-referrer",
      "permissions-policy": "camera=(), microphone=(), geolocation=()",
    },
  };
}
