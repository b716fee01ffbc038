import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { chatTurnRoutes } from "../routes/chat-turn.ts";
import { serve } from "../routes/serve.ts";

/** What visitors ask, answered as server-sent events. */
http("chat-turn", serve(chatTurnRoutes, deps));
