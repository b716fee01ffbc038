import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { serve } from "../routes/serve.ts";
import { transparencyRoutes } from "../routes/transparency.ts";

/** What anybody may check without an account. */
http("transparency", serve(transparencyRoutes, deps));
