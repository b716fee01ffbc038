import "./tag.css";
import type { ReactNode } from "react";
import type { Job, SubjectState } from "../api/shapes.ts";
import { stateNames } from "../words/jobs.ts";

export type Tone = "plain" | "active" | "good" | "warn" | "danger";

/** A state in one word. The word says it; the color only repeats it. */
export function Tag({
  tone = "plain",
  hasDot = false,
  children,
}: {
  tone?: Tone;
  hasDot?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`tag tag-${tone}`}>
      {hasDot && <span className="tag-dot" aria-hidden="true" />}
      {children}
    </span>
  );
}

const jobTones: Readonly<Record<Job["state"], Tone>> = {
  queued: "plain",
  running: "active",
  waiting: "active",
  done: "good",
  failed: "danger",
  cancelled: "plain",
};

/** Where a job stands. */
export function JobTag({ state }: { state: Job["state"] }) {
  return (
    <Tag tone={jobTones[state]} hasDot>
      {stateNames[state]}
    </Tag>
  );
}

/** A person's state, when it is out of the ordinary. */
export function SubjectTag({ state }: { state: SubjectState }) {
  if (state === "active") return null;
  return state === "erasing" ? <Tag tone="danger">Being erased</Tag> : <Tag tone="warn">Restricted</Tag>;
}
