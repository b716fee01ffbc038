import { Button, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { listNotices, publishNotice } from "../api/settings.ts";
import type { Notice, Purpose } from "../api/settings-shapes.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import "../components/dialog.css";
import "../components/erase-preview.css";

/** What visitors read before they chat, and what their consent is asked for. */
export function NoticeSettings() {
  const { api } = useApp();
  const notices = useLoad("notices", (signal) => listNotices(api, signal));
  return (
    <SettingsPart
      title="Privacy notice"
      lead="What visitors read before they chat, and what their consent is asked for, unticked. Each change is a new version; earlier ones stay as they were shown."
      loaded={notices}
    >
      {(value) => (
        <>
          <NoticeForm key={value[0]?.version ?? 0} latest={value[0]} onPublished={notices.reload} />
          <Earlier notices={value.slice(1)} />
        </>
      )}
    </SettingsPart>
  );
}

function NoticeForm({ latest, onPublished }: { latest: Notice | undefined; onPublished(): void }) {
  const { api } = useApp();
  const { can } = useSession();
  const isReadOnly = !can("settings:write");
  const [text, setText] = useState(latest?.text ?? "");
  const [purposes, setPurposes] = useState<readonly Purpose[]>(latest?.purposes ?? []);
  const [isAsking, setAsking] = useState(false);
  const publish = useAction(async () => {
    const notice = await publishNotice(api, { text: text.trim(), purposes });
    setAsking(false);
    saySaved(`Version ${notice.version} is published.`);
    onPublished();
  });
  const isChanged =
    text !== (latest?.text ?? "") || JSON.stringify(purposes) !== JSON.stringify(latest?.purposes ?? []);
  const change = (index: number, fields: Partial<Purpose>) =>
    setPurposes((before) => before.map((purpose, at) => (at === index ? { ...purpose, ...fields } : purpose)));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        setAsking(true);
      }}
    >
      <Textarea
        label={latest === undefined ? "Text" : `Text (version ${latest.version} is shown today)`}
        required
        autosize
        minRows={5}
        readOnly={isReadOnly}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {purposes.map((purpose, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a new purpose has no name yet; they never change places
        <fieldset key={index} className="purpose">
          <legend className="only-heard">Purpose {index + 1}</legend>
          <TextInput
            label={`Purpose ${index + 1}: question to the visitor`}
            required
            readOnly={isReadOnly}
            value={purpose.title}
            onChange={(event) => {
              const title = event.currentTarget.value;
              const isOld = (latest?.purposes ?? []).some((known) => known.id === purpose.id);
              change(index, isOld ? { title } : { title, id: idOf(title) });
            }}
          />
          <Textarea
            label="What it means"
            required
            autosize
            readOnly={isReadOnly}
            value={purpose.text}
            onChange={(event) => change(index, { text: event.currentTarget.value })}
          />
          {!isReadOnly && (
            <div>
              <Button
                size="xs"
                variant="default"
                onClick={() => setPurposes((before) => before.filter((_, at) => at !== index))}
              >
                Remove
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      {!isReadOnly && (
        <div className="form-actions">
          <Button type="submit" disabled={!isChanged || text.trim() === ""}>
            Publish new version
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} stroke={1.8} />}
            onClick={() => setPurposes((before) => [...before, { id: "", title: "", text: "" }])}
          >
            Ask for another consent
          </Button>
        </div>
      )}
      {isAsking && (
        <ConfirmDialog
          title="Publish a new version?"
          confirm="Publish"
          isPending={publish.isPending}
          problem={publish.problem}
          onConfirm={() => publish.run()}
          onClose={() => setAsking(false)}
        >
          Every channel shows it from the next visit on. Consents given before stay with the version that was shown
          then.
        </ConfirmDialog>
      )}
    </form>
  );
}

function Earlier({ notices }: { notices: readonly Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <details className="preview-more" style={{ marginTop: 36 }}>
      <summary>Earlier versions ({notices.length})</summary>
      <ul className="preview-list">
        {notices.map((notice) => (
          <li key={notice.version}>
            <span style={{ flex: "1 1 300px", whiteSpace: "pre-wrap" }}>
              <strong>Version {notice.version}</strong>
              <br />
              <span className="soft small">{notice.text}</span>
            </span>
            <span className="soft small">
              <When at={notice.createdAt} full />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A purpose is named once, from its first title: consents refer to it. */
function idOf(title: string): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
  return words === "" ? "purpose" : words.slice(0, 40);
}
