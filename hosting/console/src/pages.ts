/** The code of every page after sign-in, each loaded by itself. */
export const pages = {
  conversations: async () => ({ Component: (await import("./routes/conversations.tsx")).Conversations }),
  conversation: async () => ({ Component: (await import("./routes/conversation.tsx")).ConversationPage }),
  people: async () => ({ Component: (await import("./routes/people.tsx")).People }),
  person: async () => ({ Component: (await import("./routes/person.tsx")).Person }),
  leads: async () => ({ Component: (await import("./routes/leads.tsx")).Leads }),
  jobs: async () => ({ Component: (await import("./routes/jobs.tsx")).Jobs }),
  job: async () => ({ Component: (await import("./routes/job.tsx")).JobPage }),
  exports: async () => ({ Component: (await import("./routes/exports.tsx")).Exports }),
  receipts: async () => ({ Component: (await import("./routes/receipts.tsx")).Receipts }),
  receipt: async () => ({ Component: (await import("./routes/receipt.tsx")).Receipt }),
  retention: async () => ({ Component: (await import("./routes/retention.tsx")).Retention }),
  holds: async () => ({ Component: (await import("./routes/holds.tsx")).Holds }),
  audit: async () => ({ Component: (await import("./routes/audit.tsx")).Audit }),
  documents: async () => ({ Component: (await import("./routes/documents.tsx")).Documents }),
  document: async () => ({ Component: (await import("./routes/document.tsx")).DocumentPage }),
  settings: async () => ({ Component: (await import("./routes/settings.tsx")).SettingsLayout }),
  business: async () => ({ Component: (await import("./routes/settings-business.tsx")).Business }),
  agent: async () => ({ Component: (await import("./routes/settings-agent.tsx")).AgentSettings }),
  channels: async () => ({ Component: (await import("./routes/settings-channels.tsx")).Channels }),
  notice: async () => ({ Component: (await import("./routes/settings-notice.tsx")).NoticeSettings }),
  team: async () => ({ Component: (await import("./routes/settings-team.tsx")).Team }),
  keys: async () => ({ Component: (await import("./routes/settings-keys.tsx")).Keys }),
  identity: async () => ({ Component: (await import("./routes/settings-identity.tsx")).IdentitySettings }),
  privacy: async () => ({ Component: (await import("./routes/settings-privacy.tsx")).PrivacySettings }),
  closure: async () => ({ Component: (await import("./routes/settings-closure.tsx")).ClosureSettings }),
  encryption: async () => ({ Component: (await import("./routes/settings-encryption.tsx")).Encryption }),
  webhook: async () => ({ Component: (await import("./routes/settings-webhook.tsx")).WebhookSettings }),
  password: async () => ({ Component: (await import("./routes/settings-password.tsx")).Password }),
};

/** How long the first page has the line to itself. */
const headStartMs = 1500;

/**
 * Fetches the code of the other pages once the first one is there, so that going to one needs its data alone.
 *
 * @returns ends it, when the member leaves before it began.
 */
export function prefetchPages(): () => void {
  const timer = setTimeout(() => {
    for (const load of Object.values(pages)) {
      // A page that cannot be fetched now is asked for again when it is gone to, and says so then.
      load().catch(() => undefined);
    }
  }, headStartMs);
  return () => clearTimeout(timer);
}
