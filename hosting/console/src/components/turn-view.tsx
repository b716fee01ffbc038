import "./turn.css";
import { IconFileText, IconSparkles } from "@tabler/icons-react";
import type { Turn } from "../api/shapes.ts";
import { When } from "./when.tsx";

const unanswered: Readonly<Record<string, string>> = {
  asked: "The answer is on its way.",
  failed: "The AI could not answer. The question is kept.",
  interrupted: "The answer broke off. The question is kept.",
};

/** A question and its answer, with who wrote it and from which documents. */
export function TurnView({ turn }: { turn: Turn }) {
  const { question, answer, citations, state, askedAt, answeredAt } = turn;
  return (
    <article className="turn" aria-label="Question and answer">
      <div>
        <div className="turn-meta">
          <span>Visitor</span>
          <When at={askedAt} full />
        </div>
        <div className="turn-question">{question}</div>
      </div>
      <div className="turn-answer">
        <div className="turn-meta">
          <span className="turn-by">
            <IconSparkles size={14} stroke={1.7} aria-hidden="true" />
            AI answer
          </span>
          {answeredAt !== undefined && <When at={answeredAt} full />}
        </div>
        {answer === undefined || answer === "" ? (
          <p className="soft">{unanswered[state] ?? "There is no answer."}</p>
        ) : (
          <div className="turn-text">{answer}</div>
        )}
        {answer !== undefined && answer !== "" && (state === "failed" || state === "interrupted") && (
          <p className="small soft">{unanswered[state]}</p>
        )}
        {citations.length > 0 && (
          <ul className="citations" aria-label="From these documents">
            {citations.map((citation) => (
              <li key={citation.documentId} className="citation">
                <IconFileText size={14} stroke={1.6} aria-hidden="true" />
                <span className="clip">{citation.title}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </article>
  );
}
