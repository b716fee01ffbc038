import "./retention.css";
import { NumberInput } from "@mantine/core";
import { useState } from "react";
import type { RetentionChoice } from "../api/privacy-shapes.ts";
import { changeRetention, previewRetention } from "../api/retention.ts";
import { useApp } from "../hooks/app.tsx";
import { useLoad } from "../hooks/use-load.ts";
import { boundsText, isShortening, isWithin, offeredPeriods, periodText, periodWithin } from "../words/retention.ts";
import { count, storeName } from "../words/things.ts";
import { fullTime } from "../words/time.ts";
import { ActDialog } from "./act-dialog.tsx";
import { Choices } from "./choices.tsx";
import { Notice } from "./notice.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { saySaved } from "./saved.ts";

const active = "active";
const other = "other";

/** Asks for another period, and says beforehand what it would purge and from when it holds. */
export function RetentionDialog(props: { choice: RetentionChoice; onChanged(): void; onClose(): void }) {
  const { choice, onChanged, onClose } = props;
  const { api } = useApp();
  const offered = offeredPeriods(choice);
  const chosenNow = choice.next === undefined ? choice.days : choice.next.days;
  const isOffered = chosenNow === null || offered.includes(chosenNow);
  const [picked, setPicked] = useState(chosenNow === null ? active : isOffered ? `${chosenNow}` : other);
  const [typed, setTyped] = useState<number | string>(isOffered ? "" : chosenNow);
  const days = daysOf(picked, typed);
  const isValid = days !== undefined && isWithin(choice, days);
  const isChanged = isValid && days !== chosenNow;
  const options = [
    ...offered.map((period) => ({
      value: `${period}`,
      title: period === choice.defaultDays ? `${periodText(period)} (default)` : periodText(period),
    })),
    ...(choice.maximumDays === null ? [{ value: active, title: periodText(null) }] : []),
    { value: other, title: "Another number of days" },
  ];
  return (
    <ActDialog
      title={`How long to keep: ${choice.title.toLowerCase()}`}
      confirm={isChanged && isShortening(choice.days, days) ? "Shorten in 24 hours" : "Change"}
      isReady={isChanged}
      onClose={onClose}
      act={async () => {
        if (days === undefined) return;
        const from = new Date(await changeRetention(api, choice.name, days));
        saySaved(from > new Date() ? `Holds from ${fullTime(from)}.` : "Holds from now on.");
        onChanged();
      }}
    >
      <p className="soft">
        {choice.why} {boundsText(choice)}.
      </p>
      <div className="periods">
        <Choices legend="Keep for" name="period" value={picked} options={options} onChange={setPicked} />
      </div>
      {picked === other && (
        <NumberInput
          label="Days"
          description={boundsText(choice)}
          min={choice.minimumDays}
          {...(choice.maximumDays === null ? {} : { max: choice.maximumDays })}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          hideControls
          required
          value={typed}
          onChange={setTyped}
          error={typed !== "" && !isValid ? `${boundsText(choice)}, in whole days` : undefined}
        />
      )}
      {isChanged && <Effect choice={choice} days={days} />}
    </ActDialog>
  );
}

function daysOf(picked: string, typed: number | string): number | null | undefined {
  if (picked === active) return null;
  if (picked !== other) return Number(picked);
  return typeof typed === "number" && Number.isInteger(typed) ? typed : undefined;
}

function Effect({ choice, days }: { choice: RetentionChoice; days: number | null }) {
  const { api } = useApp();
  const preview = useLoad(
    `retention-preview/${choice.name}/${days}`,
    (signal) => previewRetention(api, choice.name, days, signal),
    { keep: false },
  );
  const purges = (preview.data ?? []).filter((purge) => purge.count > 0);
  const shortens = isShortening(choice.days, days);
  if (preview.problem !== undefined) return <ProblemNotice problem={preview.problem} />;
  return (
    <div aria-live="polite">
      <Notice
        tone={shortens ? "warn" : "quiet"}
        title={
          preview.data === undefined
            ? "Counting what is older…"
            : purges.length === 0
              ? `Nothing is older than that today`
              : `Older than that today: ${purges.map(({ collection, count: amount }) => `${count(amount, "record")} of ${storeName(collection).toLowerCase()}`).join(", ")}`
        }
      >
        {shortens
          ? `The shorter period holds after 24 hours; until then it can be taken back. From that moment on older data is ${choice.hiddenAtOnce ? "hidden within a minute, and " : ""}purged within a day, with a signed receipt. What is under a hold or restricted stays.`
          : `Kept ${days === null ? periodWithin(days) : `for ${periodWithin(days)}`}, from now on. What was purged before does not come back.`}
      </Notice>
    </div>
  );
}
