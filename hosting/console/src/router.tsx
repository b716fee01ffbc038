import { createBrowserRouter } from "react-router";
import { Shell } from "./components/shell.tsx";
import { Failed } from "./routes/failed.tsx";
import { Home } from "./routes/home.tsx";
import { NotFound } from "./routes/not-found.tsx";
import { SignIn } from "./routes/sign-in.tsx";

/** Every page. Those after sign-in are loaded when they are first opened. */
export const router = createBrowserRouter([
  { path: "/sign-in", Component: SignIn, ErrorBoundary: Failed },
  {
    path: "/",
    Component: Shell,
    ErrorBoundary: Failed,
    // Nothing, rather than a flash: the first page's code comes within moments.
    HydrateFallback: () => null,
    children: [
      { index: true, Component: Home },
      {
        path: "conversations",
        lazy: async () => ({ Component: (await import("./routes/conversations.tsx")).Conversations }),
        children: [
          {
            path: ":conversationId",
            lazy: async () => ({ Component: (await import("./routes/conversation.tsx")).ConversationPage }),
          },
        ],
      },
      { path: "people", lazy: async () => ({ Component: (await import("./routes/people.tsx")).People }) },
      { path: "people/:subjectId", lazy: async () => ({ Component: (await import("./routes/person.tsx")).Person }) },
      { path: "leads", lazy: async () => ({ Component: (await import("./routes/leads.tsx")).Leads }) },
      { path: "jobs", lazy: async () => ({ Component: (await import("./routes/jobs.tsx")).Jobs }) },
      { path: "jobs/:jobId", lazy: async () => ({ Component: (await import("./routes/job.tsx")).JobPage }) },
      { path: "exports", lazy: async () => ({ Component: (await import("./routes/exports.tsx")).Exports }) },
      { path: "receipts", lazy: async () => ({ Component: (await import("./routes/receipts.tsx")).Receipts }) },
      {
        path: "receipts/:receiptId",
        lazy: async () => ({ Component: (await import("./routes/receipt.tsx")).Receipt }),
      },
      { path: "audit", lazy: async () => ({ Component: (await import("./routes/audit.tsx")).Audit }) },
      { path: "documents", lazy: async () => ({ Component: (await import("./routes/documents.tsx")).Documents }) },
      {
        path: "settings",
        lazy: async () => ({ Component: (await import("./routes/settings.tsx")).SettingsLayout }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import("./routes/settings-business.tsx")).Business }) },
          {
            path: "agent",
            lazy: async () => ({ Component: (await import("./routes/settings-agent.tsx")).AgentSettings }),
          },
          {
            path: "channels",
            lazy: async () => ({ Component: (await import("./routes/settings-channels.tsx")).Channels }),
          },
          {
            path: "notice",
            lazy: async () => ({ Component: (await import("./routes/settings-notice.tsx")).NoticeSettings }),
          },
          { path: "team", lazy: async () => ({ Component: (await import("./routes/settings-team.tsx")).Team }) },
          { path: "keys", lazy: async () => ({ Component: (await import("./routes/settings-keys.tsx")).Keys }) },
          {
            path: "password",
            lazy: async () => ({ Component: (await import("./routes/settings-password.tsx")).Password }),
          },
        ],
      },
      { path: "*", Component: NotFound },
    ],
  },
]);
