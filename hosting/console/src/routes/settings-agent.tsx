import { Button, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { type AgentFields, changeAgent, createAgent, listAgents } from "../api/settings.ts";
import type { Agent } from "../api/settings-shapes.ts";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";

const blank: AgentFields = { name: "", greeting: "", instructions: "", handoffText: "" };

/** How the AI introduces itself and what it is told to do. */
export function AgentSettings() {
  const { api } = useApp();
  const agents = useLoad("agents", (signal) => listAgents(api, signal));
  return (
    <SettingsPart
      title="Agent"
      lead="How the AI introduces itself and what it is told to do. A change holds for the next question, within a minute."
      loaded={agents}
    >
      {(value) =>
        value.length === 0 ? (
          <AgentForm agent={undefined} onSaved={agents.reload} />
        ) : (
          <div style={{ display: "grid", gap: 48 }}>
            {value.map((agent) => (
              <AgentForm key={agent.agentId} agent={agent} onSaved={agents.reload} />
            ))}
          </div>
        )
      }
    </SettingsPart>
  );
}

function AgentForm({ agent, onSaved }: { agent: Agent | undefined; onSaved(): void }) {
  const { api } = useApp();
  const { can } = useSession();
  const isReadOnly = !can("settings:write");
  const [fields, setFields] = useState<AgentFields>(agent === undefined ? blank : fieldsOf(agent));
  const intent = useIntentKey();
  const save = useAction(async () => {
    if (agent === undefined) await createAgent(api, fields, intent.key);
    else await changeAgent(api, agent.agentId, fields);
    saySaved();
    onSaved();
  });
  const set = (change: Partial<AgentFields>) => setFields((before) => ({ ...before, ...change }));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.run();
      }}
    >
      <TextInput
        label="Name"
        required
        maxLength={80}
        readOnly={isReadOnly}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label="Greeting"
        description="The first words of every chat."
        required
        autosize
        minRows={2}
        readOnly={isReadOnly}
        value={fields.greeting}
        onChange={(event) => set({ greeting: event.currentTarget.value })}
      />
      <Textarea
        label="Instructions"
        description="What the model is told besides your documents: tone, limits, what never to ask for."
        required
        autosize
        minRows={5}
        readOnly={isReadOnly}
        value={fields.instructions}
        onChange={(event) => set({ instructions: event.currentTarget.value })}
      />
      <Textarea
        label="Offer of a person"
        description="What it says when it does not know, or when somebody asks for a person."
        required
        autosize
        minRows={2}
        readOnly={isReadOnly}
        value={fields.handoffText}
        onChange={(event) => set({ handoffText: event.currentTarget.value })}
      />
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      {!isReadOnly && (
        <div className="form-actions">
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}

function fieldsOf({ name, greeting, instructions, handoffText }: Agent): AgentFields {
  return { name, greeting, instructions, handoffText };
}
