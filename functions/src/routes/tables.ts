import { authRoutes } from "./auth.ts";
import { chatTurnRoutes } from "./chat-turn.ts";
import { consoleRoutes } from "./console.ts";
import type { RouteTable } from "./route.ts";
import { transparencyRoutes } from "./transparency.ts";
import { widgetRoutes } from "./widget.ts";

/** The route table of every HTTP function, by the function's name. */
export const routeTables: Readonly<Record<string, RouteTable>> = {
  "chat-turn": chatTurnRoutes,
  widget: widgetRoutes,
  auth: authRoutes,
  transparency: transparencyRoutes,
  console: consoleRoutes,
};
