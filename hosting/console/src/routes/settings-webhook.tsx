import "../components/rows.css";
import { Button, TextInput } from "@mantine/core";
import { IconWebhook } from "@tabler/icons-react";
import { useState } from "react";
import type { Webhook } from "../api/settings-shapes.ts";
import { deleteWebhook, readWebhook, renewWebhookSecret, saveWebhook } from "../api/webhook.ts";
import { ActDialog } from "../components/act-dialog.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { OnceDialog } from "../components/once-dialog.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { WebhookDeliveries } from "../components/webhook-deliveries.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { sentence } from "../words/things.ts";
import { fullTime } from "../words/time.ts";

/** Where the business's own systems are told of erasures, restrictions and corrections. */
export function WebhookSettings() {
  const { api } = useApp();
  const { can } = useSession();
  const [isEditing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string>();
  const webhook = useLoad("webhook", async (signal) => ({ webhook: await readWebhook(api, signal) }));
  const mayChange = can("keys:write");
  return (
    <SettingsPart
      title="Webhook"
      lead="Your own systems are told when a person is erased, restricted or corrected, and their acknowledgement stands in the receipt (Art. 19). Messages are signed and hold ids, no words of anybody."
      loaded={webhook}
    >
      {({ webhook: current }) => (
        <>
          {current === null ? (
            <div className="card">
              <EmptyState
                icon={IconWebhook}
                title="Nobody is told yet"
                action={mayChange ? <Button onClick={() => setEditing(true)}>Add an address</Button> : undefined}
              >
                Give the address of a system that holds what Lethe passed on, such as your CRM.
              </EmptyState>
            </div>
          ) : (
            <>
              <Address
                webhook={current}
                onEdit={() => setEditing(true)}
                onSecret={setSecret}
                onChanged={webhook.reload}
              />
              {can("audit:read") && <WebhookDeliveries mayTest={mayChange} />}
            </>
          )}
          {isEditing && (
            <AddressDialog
              current={current}
              onSaved={(made) => {
                if (made !== undefined) setSecret(made);
                webhook.reload();
              }}
              onClose={() => setEditing(false)}
            />
          )}
          {secret !== undefined && (
            <OnceDialog
              title="The webhook's secret"
              label="Secret"
              secret={secret}
              kept="We keep it sealed, to sign with."
              onClose={() => setSecret(undefined)}
            >
              Your system checks with it that a message is Lethe's. Put it where it keeps its secrets.
            </OnceDialog>
          )}
        </>
      )}
    </SettingsPart>
  );
}

function Address(props: { webhook: Webhook; onEdit(): void; onSecret(secret: string): void; onChanged(): void }) {
  const { webhook, onEdit, onSecret, onChanged } = props;
  const { api } = useApp();
  const { can } = useSession();
  const [asks, setAsks] = useState<"secret" | "remove">();
  const close = () => setAsks(undefined);
  const renew = useAction(async () => {
    const { secret } = await renewWebhookSecret(api);
    close();
    if (secret !== undefined) onSecret(secret);
    onChanged();
  });
  const remove = useAction(async () => {
    await deleteWebhook(api);
    close();
    saySaved("Nobody is told any more.");
    onChanged();
  });
  const { url, createdAt, secretCreatedAt, earlierSecretUntil } = webhook;
  return (
    <div className="card">
      <div className="row">
        <div className="row-main">
          <div className="row-title">
            <span style={{ overflowWrap: "anywhere" }}>{url}</span>
          </div>
          <div className="row-detail">
            Since <When at={createdAt} full /> · secret of <When at={secretCreatedAt} full />
            {earlierSecretUntil !== undefined &&
              ` · the earlier one signs until ${fullTime(new Date(earlierSecretUntil))}`}
          </div>
        </div>
        {can("keys:write") && (
          <div className="row-aside">
            <Button size="xs" variant="default" onClick={onEdit}>
              Change
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsks("secret")}>
              New secret
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsks("remove")}>
              Remove
            </Button>
          </div>
        )}
      </div>
      {asks === "secret" && (
        <ConfirmDialog
          title="Make another secret?"
          confirm="Make a new secret"
          isPending={renew.isPending}
          problem={renew.problem}
          onConfirm={() => renew.run()}
          onClose={close}
        >
          Messages are signed with both for 24 hours, so that nothing is missed while your system takes the new one.
        </ConfirmDialog>
      )}
      {asks === "remove" && (
        <ConfirmDialog
          title="Remove the webhook?"
          confirm="Remove"
          isDangerous
          isPending={remove.isPending}
          problem={remove.problem}
          onConfirm={() => remove.run()}
          onClose={close}
        >
          Your systems are told of no erasure any more: what they hold of a person stays there until you see to it.
        </ConfirmDialog>
      )}
    </div>
  );
}

function AddressDialog(props: { current: Webhook | null; onSaved(secret: string | undefined): void; onClose(): void }) {
  const { current, onSaved, onClose } = props;
  const { api } = useApp();
  const [url, setUrl] = useState(current?.url ?? "");
  return (
    <ActDialog
      title={current === null ? "Add an address" : "Change the address"}
      confirm="Save"
      isReady={url.trim().startsWith("https://") && url.trim() !== current?.url}
      explain={({ code, detail }) =>
        code === "input-invalid" && detail !== undefined
          ? { says: "This address cannot be used.", todo: sentence(detail) }
          : undefined
      }
      onClose={onClose}
      act={async () => {
        const { secret } = await saveWebhook(api, url.trim());
        if (secret === undefined) saySaved();
        onSaved(secret);
      }}
    >
      <TextInput
        label="Address"
        description="Reached over https from the internet. It has 15 seconds to answer with 2xx."
        type="url"
        placeholder="https://crm.example.com/lethe"
        required
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
    </ActDialog>
  );
}
