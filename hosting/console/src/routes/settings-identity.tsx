import "../components/rows.css";
import { Button, Textarea, TextInput } from "@mantine/core";
import { IconFingerprint, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { addIdentityKey, listIdentityKeys, removeIdentityKey } from "../api/identity-keys.ts";
import type { IdentityKey } from "../api/settings-shapes.ts";
import { ActDialog } from "../components/act-dialog.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { CopyText } from "../components/copy-text.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Section } from "../components/page.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { Tag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { identitySnippet } from "../words/embed.ts";
import { sentence } from "../words/things.ts";

/** Public keys with which the business vouches for visitors who are signed in at its own site. */
export function IdentitySettings() {
  const { api } = useApp();
  const { can } = useSession();
  const [isAdding, setAdding] = useState(false);
  const keys = useLoad("identity-keys", (signal) => listIdentityKeys(api, signal));
  return (
    <SettingsPart
      title="Visitor identity"
      lead="For people who are signed in at your own site: your server signs who they are, and Lethe checks it with your public key. A request about their data then needs no further proof."
      loaded={keys}
      aside={
        can("keys:write") ? (
          <Button variant="default" leftSection={<IconPlus size={17} stroke={1.8} />} onClick={() => setAdding(true)}>
            Add public key
          </Button>
        ) : undefined
      }
    >
      {(value) => (
        <>
          <div className="card">
            {value.length === 0 ? (
              <EmptyState icon={IconFingerprint} title="No public key yet">
                Without one every visitor is anonymous until staff verify an address. Make a key pair where your server
                keeps its secrets, and add its public half here.
              </EmptyState>
            ) : (
              <ul className="rows" aria-label="Public keys">
                {value.map((key) => (
                  <li key={key.keyId}>
                    <KeyRow identityKey={key} onRemoved={keys.reload} />
                  </li>
                ))}
              </ul>
            )}
          </div>
          <HowTo />
          {isAdding && <AddKey onDone={keys.reload} onClose={() => setAdding(false)} />}
        </>
      )}
    </SettingsPart>
  );
}

function KeyRow({ identityKey, onRemoved }: { identityKey: IdentityKey; onRemoved(): void }) {
  const { api } = useApp();
  const { can } = useSession();
  const [isAsking, setAsking] = useState(false);
  const remove = useAction(async () => {
    await removeIdentityKey(api, identityKey.keyId);
    setAsking(false);
    saySaved("The key was removed.");
    onRemoved();
  });
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">
          <span className="clip">{identityKey.name}</span>
          <Tag>{identityKey.algorithm}</Tag>
        </div>
        <div className="row-detail mono">kid {identityKey.kid}</div>
        {identityKey.fingerprint !== identityKey.kid && (
          <div className="row-detail mono">thumbprint {identityKey.fingerprint}</div>
        )}
      </div>
      <div className="row-aside">
        <When at={identityKey.createdAt} />
        {can("keys:write") && (
          <Button size="xs" variant="default" aria-label={`Remove ${identityKey.name}`} onClick={() => setAsking(true)}>
            Remove
          </Button>
        )}
      </div>
      {isAsking && (
        <ConfirmDialog
          title={`Remove “${identityKey.name}”?`}
          confirm="Remove key"
          isDangerous
          isPending={remove.isPending}
          problem={remove.problem}
          onConfirm={() => remove.run()}
          onClose={() => setAsking(false)}
        >
          What it signs is refused within a minute. Visitors who are chatting go on until their session ends.
        </ConfirmDialog>
      )}
    </div>
  );
}

function AddKey({ onDone, onClose }: { onDone(): void; onClose(): void }) {
  const { api } = useApp();
  const [name, setName] = useState("");
  const [publicKey, setPublicKey] = useState("");
  const [kid, setKid] = useState("");
  return (
    <ActDialog
      title="Add a public key"
      confirm="Add key"
      isReady={name.trim() !== "" && publicKey.trim() !== ""}
      explain={({ code, detail }) =>
        code === "input-invalid" && detail !== undefined
          ? { says: "This key cannot be used.", todo: sentence(detail) }
          : undefined
      }
      onClose={onClose}
      act={async () => {
        const fields = { name: name.trim(), publicKey: publicKey.trim() };
        await addIdentityKey(api, kid.trim() === "" ? fields : { ...fields, kid: kid.trim() });
        saySaved("The key is in use.");
        onDone();
      }}
    >
      <TextInput
        label="Name"
        description="What signs with it, such as: shop server."
        required
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Public key"
        description="PEM or JWK; Ed25519, P-256, or RSA of 2048 bits at least. Never the private one."
        placeholder="-----BEGIN PUBLIC KEY-----"
        autosize
        minRows={5}
        maxRows={10}
        maxLength={4000}
        required
        spellCheck={false}
        classNames={{ input: "mono" }}
        value={publicKey}
        onChange={(event) => setPublicKey(event.currentTarget.value)}
      />
      <TextInput
        label="Key id (kid)"
        description="As your tokens name it. Left empty, it is the key's thumbprint (RFC 7638)."
        maxLength={100}
        value={kid}
        onChange={(event) => setKid(event.currentTarget.value)}
      />
    </ActDialog>
  );
}

const claims: readonly { name: string; text: string }[] = [
  { name: "aud", text: "the key of the channel" },
  { name: "sub", text: "your own id of the person" },
  { name: "iat, exp", text: "now, and at most an hour later" },
  { name: "jti", text: "an id that is used once" },
  { name: "email, email_verified", text: "if you know the address, and whether you checked it" },
  { name: "phone_number, phone_number_verified", text: "the same for a number" },
  { name: "name", text: "if you know it" },
];

function HowTo() {
  return (
    <Section
      title="How your site uses it"
      lead="Put this before the widget. It is asked when the chat is opened; your address answers with a signed token (JWT), or with nothing for somebody who is not signed in."
    >
      <div style={{ display: "grid", gap: 16 }}>
        <CopyText isBlock label="Line for your pages" text={identitySnippet()} />
        <dl className="facts claims">
          {claims.map(({ name, text }) => (
            <div key={name}>
              <dt className="mono">{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Section>
  );
}
