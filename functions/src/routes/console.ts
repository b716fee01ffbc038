import { auditRoutes } from "./console/audit.ts";
import { closureRoutes } from "./console/closure.ts";
import { conversationRoutes } from "./console/conversations.ts";
import { documentRoutes } from "./console/documents.ts";
import { identityKeyRoutes } from "./console/identity-keys.ts";
import { jobRoutes } from "./console/jobs.ts";
import { leadRoutes } from "./console/leads.ts";
import { retentionRoutes } from "./console/retention.ts";
import { rightsRoutes } from "./console/rights.ts";
import { scheduleRoutes } from "./console/schedules.ts";
import { settingsRoutes } from "./console/settings.ts";
import { subjectRequestRoutes } from "./console/subject-requests.ts";
import { subjectRoutes } from "./console/subjects.ts";
import { teamRoutes } from "./console/team.ts";
import { webhookRoutes } from "./console/webhook.ts";

/** What staff and a tenant's own software may ask, by topic. */
export const consoleRoutes = {
  ...conversationRoutes,
  ...subjectRoutes,
  ...leadRoutes,
  ...subjectRequestRoutes,
  ...jobRoutes,
  ...auditRoutes,
  ...documentRoutes,
  ...rightsRoutes,
  ...retentionRoutes,
  ...scheduleRoutes,
  ...closureRoutes,
  ...settingsRoutes,
  ...teamRoutes,
  ...identityKeyRoutes,
  ...webhookRoutes,
};
