import { Select, TagsInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useOutletContext } from "react-router";
import { changeInbox } from "../api/conversations.ts";
import type { Conversation } from "../api/shapes.ts";
import { listMembers } from "../api/team.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import type { InboxContext } from "../hooks/inbox.ts";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { ProblemNotice } from "./problem-notice.tsx";

interface Fields {
  assignee: string | null;
  tags: readonly string[];
}

/** Who looks after a conversation, and its labels; saved as they are chosen. */
export function InboxFields({ conversation }: { conversation: Conversation }) {
  const { conversationId } = conversation;
  const { api } = useApp();
  const { can } = useSession();
  const inbox = useOutletContext<InboxContext>();
  const [fields, setFields] = useState<Fields>({ assignee: conversation.assignee ?? null, tags: conversation.tags });
  const wanted = useRef(fields);
  const team = useLoad("members", (signal) => listMembers(api, signal));
  const save = useAction(async () => {
    // What is chosen while a save is on its way is saved by the next round.
    let sent: Fields;
    do {
      sent = wanted.current;
      const { assignee, tags } = await changeInbox(api, conversationId, sent);
      inbox.change(conversationId, { tags, ...(assignee === undefined ? {} : { assignee }) });
    } while (sent !== wanted.current);
  });
  const choose = (change: Partial<Fields>) => {
    wanted.current = { ...wanted.current, ...change };
    setFields(wanted.current);
    save.run();
  };
  if (!can("conversations:write")) return null;
  const members = (team.data ?? []).filter((member) => member.state === "active");
  return (
    <section aria-label="Handling" style={{ display: "grid", gap: 14 }}>
      <Select
        label="Assigned to"
        placeholder="Nobody"
        size="sm"
        clearable
        clearButtonProps={{ "aria-label": "Assign to nobody" }}
        data={members.map(({ uid, name }) => ({ value: uid, label: name }))}
        value={fields.assignee}
        onChange={(assignee) => choose({ assignee })}
      />
      <TagsInput
        label="Labels"
        placeholder={fields.tags.length === 0 ? "Type and press Enter" : ""}
        size="sm"
        maxTags={10}
        value={[...fields.tags]}
        onChange={(tags) => choose({ tags })}
      />
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
    </section>
  );
}
