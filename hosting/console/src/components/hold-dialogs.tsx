import { Checkbox, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Hold } from "../api/privacy-shapes.ts";
import { extendHold, liftHold, placeHold } from "../api/rights.ts";
import type { Conversation, Lead } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { useIntentKey } from "../hooks/use-action.ts";
import { dateField, endOfDay, heldText } from "../words/rights.ts";
import { count, leadText } from "../words/things.ts";
import { dayOf } from "../words/time.ts";
import { ActDialog } from "./act-dialog.tsx";
import { saySaved } from "./saved.ts";

const dayMs = 86_400_000;

/** Asks which items to keep, on which basis and until when. */
export function PlaceHold(props: {
  subjectId: string;
  conversations: readonly Conversation[];
  leads: readonly Lead[];
  channelName(channelId: string): string;
  onDone(): void;
  onClose(): void;
}) {
  const { subjectId, conversations, leads, channelName, onDone, onClose } = props;
  const { api } = useApp();
  const [items, setItems] = useState<string[]>([]);
  const [basis, setBasis] = useState("");
  const [date, setDate] = useState("");
  const intent = useIntentKey();
  const endsAt = endOfDay(date);
  const isReady = items.length > 0 && basis.trim().length >= 3 && endsAt !== undefined && endsAt > new Date();
  return (
    <ActDialog
      title="Place a hold"
      confirm="Place hold"
      isReady={isReady}
      onClose={onClose}
      act={async () => {
        if (endsAt === undefined) return;
        const held = (ids: readonly { id: string }[]) => ids.map(({ id }) => id).filter((id) => items.includes(id));
        const fields = {
          conversationIds: held(conversations.map(({ conversationId: id }) => ({ id }))),
          leadIds: held(leads.map(({ leadId: id }) => ({ id }))),
          basis: basis.trim(),
          endsAt: endsAt.toISOString(),
        };
        await placeHold(api, subjectId, fields, intent.key);
        saySaved("The hold is in force.");
        onDone();
      }}
    >
      <p className="soft">
        Keeps exactly these items, whatever is asked to erase or purge them, because the law makes you (Art. 17(3)). The
        rest of the person can still be erased.
      </p>
      <Checkbox.Group
        label="Keep"
        value={items}
        onChange={(value) => {
          setItems(value);
          intent.renew();
        }}
      >
        <div className="hold-items">
          {conversations.map(({ conversationId, channelId, turnCount, startedAt }) => (
            <Checkbox
              key={conversationId}
              value={conversationId}
              label={`Conversation of ${dayOf(new Date(startedAt))}`}
              description={`${channelName(channelId)} · ${count(turnCount, "question")}`}
            />
          ))}
          {leads.map((lead) => (
            <Checkbox
              key={lead.leadId}
              value={lead.leadId}
              label={`Lead of ${dayOf(new Date(lead.createdAt))}`}
              description={<span className="hold-message">{leadText(lead)}</span>}
            />
          ))}
        </div>
      </Checkbox.Group>
      <Textarea
        label="Legal basis"
        description="Stands in receipts, so name nobody. For example: claim 17/2026 pending, Art. 17(3)(e)."
        autosize
        minRows={2}
        maxLength={500}
        required
        value={basis}
        onChange={(event) => {
          setBasis(event.currentTarget.value);
          intent.renew();
        }}
      />
      <TextInput
        type="date"
        label="Until the end of"
        description="A hold without an end would be keeping for ever. It can be extended."
        required
        min={dateField(new Date())}
        value={date}
        onChange={(event) => {
          setDate(event.currentTarget.value);
          intent.renew();
        }}
      />
    </ActDialog>
  );
}

/** Moves the end of a hold away. */
export function ExtendHold({ hold, onDone, onClose }: { hold: Hold; onDone(): void; onClose(): void }) {
  const { api } = useApp();
  const before = new Date(hold.endsAt);
  const [date, setDate] = useState("");
  const endsAt = endOfDay(date);
  return (
    <ActDialog
      title="Extend the hold"
      confirm="Extend"
      reason={{ label: "Why it is needed for longer" }}
      isReady={endsAt !== undefined && endsAt > before}
      onClose={onClose}
      act={async (reason) => {
        if (endsAt === undefined) return;
        await extendHold(api, hold.holdId, endsAt.toISOString(), reason);
        saySaved(`The hold ends on ${dayOf(endsAt)}.`);
        onDone();
      }}
    >
      <p className="soft">
        {hold.basis}: {heldText(hold.items)}, until {dayOf(before)}.
      </p>
      <TextInput
        type="date"
        label="Until the end of"
        required
        min={dateField(new Date(before.getTime() + dayMs))}
        value={date}
        onChange={(event) => setDate(event.currentTarget.value)}
      />
    </ActDialog>
  );
}

/** Ends a hold before its time. */
export function ReleaseHold({ hold, onDone, onClose }: { hold: Hold; onDone(): void; onClose(): void }) {
  const { api } = useApp();
  return (
    <ActDialog
      title="Release the hold?"
      confirm="Release"
      isDangerous
      reason={{ label: "Why it is not needed any more" }}
      onClose={onClose}
      act={async (reason) => {
        await liftHold(api, hold.holdId, reason);
        saySaved("The hold is released.");
        onDone();
      }}
    >
      <p>
        {heldText(hold.items)} kept for “{hold.basis}” until {dayOf(new Date(hold.endsAt))}. From now on the usual rules
        hold for them: what is past its retention is purged within a day, and what was to be erased is erased.
      </p>
    </ActDialog>
  );
}
