import "./turn.css";
import { Button } from "@mantine/core";
import { IconFileText, IconSparkles } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Answer, Turn } from "../api/shapes.ts";
import { Markdown } from "./markdown.tsx";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";

/**
 * A question and its answer, with who wrote it and from which documents.
 *
 * @param props.onLookAgain - asks for the conversation again, which is recorded, and so not done by itself.
 * @param props.aside - what can be done with the answer.
 */
export function TurnView(props: { turn: Turn; onLookAgain?: (() => void) | undefined; aside?: ReactNode }) {
  const { turn, onLookAgain, aside } = props;
  const { question, answer, state, askedAt } = turn;
  return (
    <article className="turn" aria-label="Question and answer">
      <QuestionView question={question} askedAt={askedAt} />
      {answer === undefined ? (
        <div className="turn-answer soft">
          {state === "answering" ? "The answer is on its way." : "The AI could not answer. The question is kept."}
          {state === "answering" && onLookAgain !== undefined && (
            <Button size="compact-sm" variant="subtle" onClick={onLookAgain}>
              Look again
            </Button>
          )}
          {aside}
        </div>
      ) : (
        <AnswerView answer={answer} aside={aside} />
      )}
    </article>
  );
}

/** What a visitor asked, and when. */
export function QuestionView({ question, askedAt }: { question: string; askedAt: string }) {
  return (
    <div>
      <div className="turn-meta">
        <span>Visitor</span>
        <When at={askedAt} full />
      </div>
      <div className="turn-question">{question}</div>
    </div>
  );
}

/** Says that an AI wrote what follows. */
export function ByAi() {
  return (
    <span className="turn-by">
      <IconSparkles size={14} stroke={1.7} aria-hidden="true" />
      AI answer
    </span>
  );
}

function AnswerView({ answer, aside }: { answer: Answer; aside: ReactNode }) {
  const { answer: text, citations, model, outcome, handoff, answeredAt } = answer;
  return (
    <div className="turn-answer">
      <div className="turn-meta">
        <ByAi />
        {model !== "none" && <span>{model}</span>}
        <When at={answeredAt} full />
        {outcome === "no-answer" && <Tag tone="warn">Did not know</Tag>}
        {outcome === "answered" && handoff && <Tag>Offered a person</Tag>}
      </div>
      <div className="turn-text">
        <Markdown text={text} />
      </div>
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
      {aside}
    </div>
  );
}
