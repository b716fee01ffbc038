import { Select, TagsInput } from "@mantine/core";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { changeInbox } from "../api/conversations.ts";
import type { Conversation } from "../api/shapes.ts";
import { listMembers } from "../api/team.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import type { InboxContext } from "../hooks/inbox.ts";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { ProblemNotice } from "./problem-notice.tsx";

/** Who looks after a conversation, and its labels; saved as they are chosen. */
export function InboxFields({ conversation }: { conversation: Conversation }) {
  const { conversationId } = conversation;
  const { api } = useApp();
  const { can } = useSession();
  const inbox = useOutletContext<InboxContext>();
  const [assignee, setAssignee] = useState(conversation.assignee ?? null);
  const [tags, setTags] = useState([...conversation.tags]);
  const team = useLoad("members", (signal) => listMembers(api, signal));
  const save = useAction(async (change: { assignee?: string | null; tags?: string[] }) => {
    const saved = await changeInbox(api, conversationId, change);
    const { assignee: savedAssignee, tags: savedTags } = saved;
    inbox.change(conversationId, {
      tags: savedTags,
      ...(savedAssignee === undefined ? {} : { assignee: savedAssignee }),
    });
  });
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
        disabled={save.isPending}
        data={members.map(({ uid, name }) => ({ value: uid, label: name }))}
        value={assignee}
        onChange={(uid) => {
          setAssignee(uid);
          save.run({ assignee: uid });
        }}
      />
      <TagsInput
        label="Labels"
        placeholder={tags.length === 0 ? "Type and press Enter" : ""}
        size="sm"
        maxTags={10}
        disabled={save.isPending}
        value={tags}
        onChange={(next) => {
          setTags(next);
          save.run({ tags: next });
        }}
      />
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
    </section>
  );
}
