import type { SentMail } from "./postmark.ts";

/** All messages, newest first, as a page for people. */
export function mailListPage(mails: readonly SentMail[]): string {
  const rows = mails
    .toReversed()
    .map(
      (mail) =>
        `<tr><td><time>${escaped(mail.submittedAt.slice(11, 19))}</time></td><td>${escaped(mail.to)}</td>` +
        `<td><a href="/mail/${mail.messageId}">${escaped(mail.subject || "(no subject)")}</a></td></tr>`,
    );
  const table = `<table><thead><tr><th>Time (UTC)</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const none = "<p>No mail yet. What the local cloud would send appears here; nothing leaves this machine.</p>";
  return page("Local mail", rows.length === 0 ? none : table);
}

/** One message: its HTML in a frame that runs no scripts, and its text. */
export function mailPage(mail: SentMail): string {
  const html = `<iframe sandbox title="HTML version" srcdoc="${escaped(mail.htmlBody)}"></iframe>`;
  return page(
    mail.subject || "(no subject)",
    `<p><a href="/mail">All mail</a></p><dl><dt>From</dt><dd>${escaped(mail.from)}</dd><dt>To</dt><dd>${escaped(mail.to)}</dd>` +
      `<dt>Sent</dt><dd>${escaped(mail.submittedAt)}</dd></dl>${mail.htmlBody === "" ? "" : html}` +
      attached(mail) +
      `<h2>Text</h2><pre>${linked(escaped(mail.textBody))}</pre>`,
  );
}

function attached({ attachments }: SentMail): string {
  const links = attachments.map(
    ({ name, contentType, contentBase64 }) =>
      `<li><a download="${escaped(name)}" href="data:${escaped(contentType)};base64,${escaped(contentBase64)}">${escaped(name)}</a></li>`,
  );
  return links.length === 0 ? "" : `<h2>Attached</h2><ul>${links.join("")}</ul>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width"><style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2430; }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #d8dde6 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem } dt { color: #5a6577 } dd { margin: 0 }
iframe { width: 100%; height: 24rem; border: 1px solid #d8dde6; background: #fff } pre { white-space: pre-wrap }
</style></head><body><h1>${escaped(title)}</h1>${body}</body></html>`;
}

function linked(text: string): string {
  return text.replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
