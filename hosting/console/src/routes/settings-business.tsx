import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { changeSettings, readSettings } from "../api/settings.ts";
import type { Settings } from "../api/settings-shapes.ts";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";

/** Name, site, and whom visitors can ask about their data. */
export function Business() {
  const { api } = useApp();
  const settings = useLoad("settings", (signal) => readSettings(api, signal));
  return (
    <SettingsPart title="Business" lead="Shown to visitors in the widget and on the privacy page." loaded={settings}>
      {(value) => (
        <BusinessForm key={value.tenantId} settings={value} onSaved={(saved) => settings.change(() => saved)} />
      )}
    </SettingsPart>
  );
}

function BusinessForm({ settings, onSaved }: { settings: Settings; onSaved(settings: Settings): void }) {
  const { api } = useApp();
  const { me, can } = useSession();
  const isReadOnly = !can("settings:write");
  const [name, setName] = useState(settings.name);
  const [website, setWebsite] = useState(settings.website);
  const [contactName, setContactName] = useState(settings.privacyContact.name);
  const [contactEmail, setContactEmail] = useState(settings.privacyContact.email);
  const save = useAction(async () => {
    const privacyContact = { name: contactName.trim(), email: contactEmail.trim() };
    onSaved(await changeSettings(api, { name: name.trim(), website: website.trim(), privacyContact }));
    saySaved();
  });
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
        maxLength={120}
        readOnly={isReadOnly}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Website"
        type="url"
        required
        readOnly={isReadOnly}
        value={website}
        onChange={(event) => setWebsite(event.currentTarget.value)}
      />
      <TextInput
        label="Privacy contact: name"
        description="Who answers visitors about their data."
        required
        readOnly={isReadOnly}
        value={contactName}
        onChange={(event) => setContactName(event.currentTarget.value)}
      />
      <TextInput
        label="Privacy contact: e-mail"
        type="email"
        required
        readOnly={isReadOnly}
        value={contactEmail}
        onChange={(event) => setContactEmail(event.currentTarget.value)}
      />
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      {!isReadOnly && (
        <div className="form-actions">
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      )}
      <dl className="facts">
        <dt>Data lives in</dt>
        <dd>{me.region === "eu" ? "Europe" : "United States"}</dd>
        <dt>Account number</dt>
        <dd className="mono">{settings.tenantId}</dd>
      </dl>
    </form>
  );
}
