import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { serve } from "../routes/serve.ts";
import { widgetRoutes } from "../routes/widget.ts";

/** What the widget asks, besides questions. */
http("widget", serve(widgetRoutes, deps));
