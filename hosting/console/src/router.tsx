import { createBrowserRouter } from "react-router";
import type { Permission } from "./api/shapes.ts";
import { Shell } from "./components/shell.tsx";
import type { Needs } from "./needs.ts";
import { Failed } from "./routes/failed.tsx";
import { Home } from "./routes/home.tsx";
import { NotFound } from "./routes/not-found.tsx";
import { SignIn } from "./routes/sign-in.tsx";

const needs = (permission: Permission): Needs => ({ needs: permission });

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
        handle: needs("conversations:read"),
        lazy: async () => ({ Component: (await import("./routes/conversations.tsx")).Conversations }),
        children: [
          {
            path: ":conversationId",
            lazy: async () => ({ Component: (await import("./routes/conversation.tsx")).ConversationPage }),
          },
        ],
      },
      {
        path: "people",
        handle: needs("subjects:search"),
        lazy: async () => ({ Component: (await import("./routes/people.tsx")).People }),
      },
      {
        path: "people/:subjectId",
        handle: needs("subjects:read"),
        lazy: async () => ({ Component: (await import("./routes/person.tsx")).Person }),
      },
      {
        path: "leads",
        handle: needs("leads:read"),
        lazy: async () => ({ Component: (await import("./routes/leads.tsx")).Leads }),
      },
      {
        path: "jobs",
        handle: needs("jobs:read"),
        lazy: async () => ({ Component: (await import("./routes/jobs.tsx")).Jobs }),
      },
      {
        path: "jobs/:jobId",
        handle: needs("jobs:read"),
        lazy: async () => ({ Component: (await import("./routes/job.tsx")).JobPage }),
      },
      {
        path: "exports",
        handle: needs("exports:read"),
        lazy: async () => ({ Component: (await import("./routes/exports.tsx")).Exports }),
      },
      {
        path: "receipts",
        handle: needs("erasures:read"),
        lazy: async () => ({ Component: (await import("./routes/receipts.tsx")).Receipts }),
      },
      {
        path: "receipts/:receiptId",
        handle: needs("erasures:read"),
        lazy: async () => ({ Component: (await import("./routes/receipt.tsx")).Receipt }),
      },
      {
        path: "audit",
        handle: needs("audit:read"),
        lazy: async () => ({ Component: (await import("./routes/audit.tsx")).Audit }),
      },
      {
        path: "documents",
        handle: needs("knowledge:read"),
        lazy: async () => ({ Component: (await import("./routes/documents.tsx")).Documents }),
      },
      {
        path: "settings",
        handle: needs("account:read"),
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
          {
            path: "team",
            handle: needs("team:read"),
            lazy: async () => ({ Component: (await import("./routes/settings-team.tsx")).Team }),
          },
          {
            path: "keys",
            handle: needs("keys:write"),
            lazy: async () => ({ Component: (await import("./routes/settings-keys.tsx")).Keys }),
          },
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
