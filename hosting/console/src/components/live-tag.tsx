import type { LiveView } from "../api/live-jobs.ts";
import { Tag } from "./tag.tsx";

/** Says how fresh what is shown is. */
export function LiveTag({ mode }: { mode: LiveView["mode"] }) {
  if (mode === "live") {
    return (
      <Tag tone="active" hasDot>
        Live
      </Tag>
    );
  }
  return <Tag>{mode === "connecting" ? "Connecting" : "Refreshed every few seconds"}</Tag>;
}
