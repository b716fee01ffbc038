import { createBrowserRouter } from "react-router";
import type { Permission } from "./api/shapes.ts";
import { Shell } from "./components/shell.tsx";
import type { Needs } from "./needs.ts";
import { pages } from "./pages.ts";
import { Failed } from "./routes/failed.tsx";
import { Home } from "./routes/home.tsx";
import { NotFound } from "./routes/not-found.tsx";
import { SignIn } from "./routes/sign-in.tsx";

const needs = (permission: Permission): Needs => ({ needs: permission });

/** Every page: its path, the permission it needs, its code. */
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
        lazy: pages.conversations,
        children: [{ path: ":conversationId", lazy: pages.conversation }],
      },
      { path: "people", handle: needs("subjects:search"), lazy: pages.people },
      { path: "people/:subjectId", handle: needs("subjects:read"), lazy: pages.person },
      { path: "leads", handle: needs("leads:read"), lazy: pages.leads },
      { path: "jobs", handle: needs("jobs:read"), lazy: pages.jobs },
      { path: "jobs/:jobId", handle: needs("jobs:read"), lazy: pages.job },
      { path: "exports", handle: needs("exports:read"), lazy: pages.exports },
      { path: "receipts", handle: needs("erasures:read"), lazy: pages.receipts },
      { path: "receipts/:receiptId", handle: needs("erasures:read"), lazy: pages.receipt },
      { path: "retention", handle: needs("account:read"), lazy: pages.retention },
      { path: "holds", handle: needs("holds:write"), lazy: pages.holds },
      { path: "audit", handle: needs("audit:read"), lazy: pages.audit },
      { path: "documents", handle: needs("knowledge:read"), lazy: pages.documents },
      { path: "documents/:documentId", handle: needs("knowledge:read"), lazy: pages.document },
      {
        path: "settings",
        handle: needs("account:read"),
        lazy: pages.settings,
        children: [
          { index: true, lazy: pages.business },
          { path: "agent", lazy: pages.agent },
          { path: "channels", lazy: pages.channels },
          { path: "notice", lazy: pages.notice },
          { path: "team", handle: needs("team:read"), lazy: pages.team },
          { path: "keys", handle: needs("keys:write"), lazy: pages.keys },
          { path: "identity", lazy: pages.identity },
          { path: "privacy", handle: needs("exports:read"), lazy: pages.privacy },
          { path: "closure", lazy: pages.closure },
          { path: "encryption", handle: needs("keys:write"), lazy: pages.encryption },
          { path: "webhook", lazy: pages.webhook },
          { path: "password", lazy: pages.password },
        ],
      },
      { path: "*", Component: NotFound },
    ],
  },
]);
