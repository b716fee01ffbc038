import "./turn.css";
import { IconFileText, IconSparkles } from "@tabler/icons-react";
import type { Answer, Turn } from "../api/shapes.ts";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";

/** A question and its answer, with who wrote it and from which documents. */
export function TurnView({ turn }: { turn: Turn }) {
  const { question, answer, state, askedAt } = turn;
  return (
    <article className="turn" aria-label="Question and answer">
      <div>
        <div className="turn-meta">
          <span>Visitor</span>
          <When at={askedAt} full />
        </div>
        <div className="turn-question">{question}</div>
      </div>
      {answer === undefined ? (
        <p className="turn-answer soft">
          {state === "answering" ? "The answer is on its way." : "The AI could not answer. The question is kept."}
        </p>
      ) : (
        <AnswerView answer={answer} />
      )}
    </article>
  );
}

function AnswerView({ answer }: { answer: Answer }) {
  const { answer: text, citations, model, outcome, handoff, answeredAt } = answer;
  return (
    <div className="turn-answer">
      <div className="turn-meta">
        <span className="turn-by">
          <IconSparkles size={14} stroke={1.7} aria-hidden="true" />
          AI answer
        </span>
        {model !== "none" && <span>{model}</span>}
        <When at={answeredAt} full />
        {outcome === "no-answer" && <Tag tone="warn">Did not know</Tag>}
        {outcome === "answered" && handoff && <Tag>Offered a person</Tag>}
      </div>
      <div className="turn-text">{text}</div>
      {citations.length > 0 && (
        <ul className="citations" aria-label="From these documents">
          {citations.map(({ n, title, heading }) => (
            <li key={n} className="citation" title={heading === "" ? title : `${title}: ${heading}`}>
              <IconFileText size={14} stroke={1.6} aria-hidden="true" />
              <span className="clip">
                {n} · {title}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
