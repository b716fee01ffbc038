import { Button, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconWorld } from "@tabler/icons-react";
import { useState } from "react";
import { changeChannel, createChannel, listAgents, listChannels } from "../api/settings.ts";
import type { Agent, Channel } from "../api/settings-shapes.ts";
import { CopyText } from "../components/copy-text.tsx";
import { Dialog } from "../components/dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { Tag } from "../components/tag.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { embedSnippet } from "../words/embed.ts";

/** Where the widget stands. */
export function Channels() {
  const { api } = useApp();
  const { can } = useSession();
  const [edited, setEdited] = useState<Channel | "new">();
  const loaded = useLoad("channels", async (signal) => {
    const [channels, agents] = await Promise.all([listChannels(api, signal), listAgents(api, signal)]);
    return { channels, agents };
  });
  const add = can("settings:write") && (
    <Button variant="default" leftSection={<IconPlus size={17} stroke={1.8} />} onClick={() => setEdited("new")}>
      Add channel
    </Button>
  );
  return (
    <SettingsPart
      title="Channels"
      lead="A channel is a place where the widget stands. It opens only on the sites you name."
      loaded={loaded}
      aside={add}
    >
      {({ channels, agents }) => (
        <>
          {channels.length === 0 && (
            <div className="card">
              <EmptyState icon={IconWorld} title="The widget stands nowhere yet" action={add || undefined}>
                Add a channel, name your site, and paste one line into its pages.
              </EmptyState>
            </div>
          )}
          <div style={{ display: "grid", gap: 16 }}>
            {channels.map((channel) => (
              <ChannelCard
                key={channel.channelId}
                channel={channel}
                agent={agents.find((agent) => agent.agentId === channel.agentId)}
                onEdit={() => setEdited(channel)}
                onChanged={loaded.reload}
              />
            ))}
          </div>
          {edited !== undefined && (
            <ChannelDialog
              channel={edited === "new" ? undefined : edited}
              agents={agents}
              onClose={() => setEdited(undefined)}
              onSaved={() => {
                setEdited(undefined);
                loaded.reload();
              }}
            />
          )}
        </>
      )}
    </SettingsPart>
  );
}

function ChannelCard(props: { channel: Channel; agent: Agent | undefined; onEdit(): void; onChanged(): void }) {
  const { channel, agent, onEdit, onChanged } = props;
  const { api } = useApp();
  const { can } = useSession();
  const toggle = useAction(async () => {
    await changeChannel(api, channel.channelId, { enabled: !channel.enabled });
    onChanged();
  });
  return (
    <article className="card card-body" aria-label={channel.name} style={{ display: "grid", gap: 16 }}>
      <div className="section-head" style={{ margin: 0, alignItems: "center" }}>
        <div className="row-title" style={{ display: "flex", gap: 10, alignItems: "center" }}>
          <h3>{channel.name}</h3>
          {channel.enabled ? <Tag tone="good">On</Tag> : <Tag>Off</Tag>}
        </div>
        {can("settings:write") && (
          <div className="form-actions">
            <Switch
              aria-label={`${channel.name} answers`}
              checked={channel.enabled}
              disabled={toggle.isPending}
              onChange={() => toggle.run()}
            />
            <Button size="xs" variant="default" onClick={onEdit}>
              Edit
            </Button>
          </div>
        )}
      </div>
      {toggle.problem !== undefined && <ProblemNotice problem={toggle.problem} />}
      <dl className="facts">
        <dt>Sites</dt>
        <dd>
          {channel.origins.length === 0 ? (
            <span className="soft">none yet: the widget opens nowhere</span>
          ) : (
            channel.origins.join(", ")
          )}
        </dd>
        <dt>Agent</dt>
        <dd>{agent?.name ?? "unknown"}</dd>
        <dt>Color</dt>
        <dd style={{ display: "flex", alignItems: "center", gap: 8 }}>
          <span className="swatch" style={{ background: channel.accentColor }} />
          {channel.accentColor}
        </dd>
      </dl>
      <div>
        <p className="small soft" style={{ marginBottom: 6 }}>
          Paste this before <code>&lt;/body&gt;</code> on every page that should show the chat:
        </p>
        <CopyText
          isBlock
          label="embed snippet"
          text={embedSnippet(window.location.origin, api.config.api[api.region], channel.channelKey)}
        />
      </div>
    </article>
  );
}

function ChannelDialog(props: {
  channel: Channel | undefined;
  agents: readonly Agent[];
  onClose(): void;
  onSaved(): void;
}) {
  const { channel, agents, onClose, onSaved } = props;
  const { api } = useApp();
  const [name, setName] = useState(channel?.name ?? "");
  const [agentId, setAgentId] = useState(channel?.agentId ?? agents[0]?.agentId ?? "");
  const [accentColor, setAccentColor] = useState(channel?.accentColor ?? "#0f6470");
  const [origins, setOrigins] = useState<string[]>([...(channel?.origins ?? [])]);
  const intent = useIntentKey();
  const save = useAction(async () => {
    const fields = { name: name.trim(), agentId, origins, accentColor: accentColor.toLowerCase() };
    if (channel === undefined) await createChannel(api, fields, intent.key);
    else await changeChannel(api, channel.channelId, fields);
    saySaved();
    onSaved();
  });
  return (
    <Dialog onClose={onClose} title={channel === undefined ? "Add a channel" : `Edit ${channel.name}`}>
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          save.run();
        }}
      >
        <TextInput
          label="Name"
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Agent"
          required
          allowDeselect={false}
          data={agents.map((agent) => ({ value: agent.agentId, label: agent.name }))}
          value={agentId}
          onChange={(value) => setAgentId(value ?? "")}
        />
        <TagsInput
          label="Sites"
          description="Origins that may show it, such as https://shop.example. Press Enter after each."
          placeholder="https://"
          value={origins}
          onChange={setOrigins}
        />
        <TextInput
          label="Color"
          description="Of the button and the panel, as #rrggbb."
          required
          pattern="#[0-9a-fA-F]{6}"
          title="Six hex digits after #, such as #0f6470"
          leftSection={<span className="swatch" style={{ background: accentColor }} />}
          value={accentColor}
          onChange={(event) => setAccentColor(event.currentTarget.value)}
        />
        {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === "" || agentId === ""}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
