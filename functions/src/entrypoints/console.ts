import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { consoleRoutes } from "../routes/console.ts";
import { openApiRoutes } from "../routes/openapi.ts";
import { serve } from "../routes/serve.ts";

/** What staff and a tenant's own software may ask. */
http("console", serve({ ...consoleRoutes, ...openApiRoutes }, deps));
