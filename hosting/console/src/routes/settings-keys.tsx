import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { ApiKey } from "../api/settings-shapes.ts";
import { createKey, listKeys, revokeKey } from "../api/team.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { EncryptionKeysPart } from "../components/encryption-keys.tsx";
import { OnceDialog } from "../components/once-dialog.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { Tag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { count, scopeChoices } from "../words/things.ts";
import "../components/rows.css";
import { Dialog } from "../components/dialog.tsx";

/** Keys for the business's own software, and the keys that protect its data. */
export function Keys() {
  return (
    <>
      <ApiKeys />
      <div style={{ marginTop: 36 }}>
        <EncryptionKeysPart />
      </div>
    </>
  );
}

function ApiKeys() {
  const { api } = useApp();
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<{ name: string; secret: string }>();
  const keys = useLoad("keys", (signal) => listKeys(api, signal));
  const add = (
    <Button variant="default" leftSection={<IconPlus size={17} stroke={1.8} />} onClick={() => setCreating(true)}>
      Create key
    </Button>
  );
  return (
    <SettingsPart
      title="API keys"
      lead="For your own software. A key can do what you allow it and nothing else; each use is in the audit trail."
      loaded={keys}
      aside={add}
    >
      {(value) => (
        <>
          <div className="card">
            {value.length === 0 ? (
              <EmptyState icon={IconKey} title="No keys yet">
                Create one to fetch leads, start exports or erase people from your own systems.
              </EmptyState>
            ) : (
              <ul className="rows" aria-label="API keys">
                {value.map((key) => (
                  <li key={key.keyId}>
                    <KeyRow apiKey={key} onRevoked={keys.reload} />
                  </li>
                ))}
              </ul>
            )}
          </div>
          {isCreating && (
            <CreateKey
              onClose={() => setCreating(false)}
              onCreated={(key) => {
                setCreating(false);
                setCreated(key);
                keys.reload();
              }}
            />
          )}
          {created !== undefined && (
            <OnceDialog
              title={`Key “${created.name}”`}
              label="API key"
              secret={created.secret}
              onClose={() => setCreated(undefined)}
            >
              Put it where your software keeps its secrets; send it as <code>Authorization: Bearer</code>.
            </OnceDialog>
          )}
        </>
      )}
    </SettingsPart>
  );
}

function KeyRow({ apiKey, onRevoked }: { apiKey: ApiKey; onRevoked(): void }) {
  const { api } = useApp();
  const [isAsking, setAsking] = useState(false);
  const revoke = useAction(async () => {
    await revokeKey(api, apiKey.keyId);
    setAsking(false);
    saySaved("The key was revoked.");
    onRevoked();
  });
  const isRevoked = apiKey.revokedAt !== undefined;
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">
          <span className="clip">{apiKey.name}</span>
          {isRevoked && <Tag>Revoked</Tag>}
        </div>
        <div className="row-detail">
          {count(apiKey.scopes.length, "permission")} ·{" "}
          {apiKey.lastUsedAt !== undefined ? (
            <>
              last used <When at={apiKey.lastUsedAt} />
            </>
          ) : (
            "never used"
          )}
        </div>
      </div>
      <div className="row-aside">
        <When at={apiKey.createdAt} />
        {!isRevoked && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            Revoke
          </Button>
        )}
      </div>
      {isAsking && (
        <ConfirmDialog
          title={`Revoke “${apiKey.name}”?`}
          confirm="Revoke key"
          isDangerous
          isPending={revoke.isPending}
          problem={revoke.problem}
          onConfirm={() => revoke.run()}
          onClose={() => setAsking(false)}
        >
          Software that uses it is refused within a minute.
        </ConfirmDialog>
      )}
    </div>
  );
}

function CreateKey(props: { onClose(): void; onCreated(key: { name: string; secret: string }): void }) {
  const { api } = useApp();
  const { can } = useSession();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const choices = scopeChoices.filter((choice) => can(choice.value));
  const create = useAction(async () => {
    const chosen = choices.filter((choice) => scopes.includes(choice.value)).map((choice) => choice.value);
    const { secret } = await createKey(api, name.trim(), chosen);
    props.onCreated({ name: name.trim(), secret });
  });
  return (
    <Dialog onClose={props.onClose} title="Create a key">
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          create.run();
        }}
      >
        <TextInput
          label="Name"
          description="What uses it, such as: CRM."
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label="It may" value={scopes} onChange={setScopes}>
          <div style={{ display: "grid", gap: 9, marginTop: 8 }}>
            {choices.map((choice) => (
              <Checkbox key={choice.value} value={choice.value} label={choice.label} />
            ))}
          </div>
        </Checkbox.Group>
        {create.problem !== undefined && <ProblemNotice problem={create.problem} />}
        <div className="dialog-actions">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === "" || scopes.length === 0}>
            Create key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
