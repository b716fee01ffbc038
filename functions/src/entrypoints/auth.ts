import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { authRoutes } from "../routes/auth.ts";
import { serve } from "../routes/serve.ts";

/** Signing in and out. */
http("auth", serve(authRoutes, deps));
