import type { KnowledgeDocument } from "../api/shapes.ts";
import { Tag, type Tone } from "./tag.tsx";

const states: Readonly<Record<KnowledgeDocument["state"], { title: string; tone: Tone }>> = {
  processing: { title: "Being read", tone: "active" },
  ready: { title: "In use", tone: "good" },
  failed: { title: "Failed", tone: "danger" },
  review: { title: "Needs review", tone: "warn" },
  deleting: { title: "Being deleted", tone: "plain" },
};

/**
 * Whether the agent answers from a document.
 *
 * @param props.needsReview - it is out of use although its state is another, since its person is restricted.
 */
export function DocumentTag(props: { state: KnowledgeDocument["state"]; hasFailed?: boolean; needsReview?: boolean }) {
  const { state, hasFailed = false, needsReview = false } = props;
  const { title, tone } = states[hasFailed ? "failed" : needsReview && state === "ready" ? "review" : state];
  return (
    <Tag tone={tone} hasDot={tone === "active"}>
      {title}
    </Tag>
  );
}
