import { Button, Select, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Member } from "../api/settings-shapes.ts";
import type { Role } from "../api/shapes.ts";
import { addMember, changeRole, listMembers, removeMember } from "../api/team.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Initials } from "../components/initials.tsx";
import { OnceDialog } from "../components/once-dialog.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { Tag } from "../components/tag.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { roleNames, roleWords } from "../words/things.ts";
import "../components/rows.css";
import { Dialog } from "../components/dialog.tsx";

const allRoles: readonly Role[] = ["owner", "admin", "privacy", "support", "viewer"];

/** The roles that a member may hand out: only owners make owners. */
function useRoleChoices(): { value: Role; label: string }[] {
  const { me } = useSession();
  return allRoles
    .filter((role) => role !== "owner" || me.role === "owner")
    .map((role) => ({ value: role, label: roleNames[role] }));
}

/** Who may do what. */
export function Team() {
  const { api } = useApp();
  const { can } = useSession();
  const [isAdding, setAdding] = useState(false);
  const team = useLoad("members", (signal) => listMembers(api, signal));
  return (
    <SettingsPart
      title="Team"
      lead="Give everybody the least they need. A change of role ends what it took away within a minute."
      loaded={team}
      aside={
        can("team:write") && (
          <Button variant="default" leftSection={<IconPlus size={17} stroke={1.8} />} onClick={() => setAdding(true)}>
            Add member
          </Button>
        )
      }
    >
      {(members) => (
        <>
          <div className="card">
            <ul className="rows" aria-label="Members">
              {[...members]
                .sort((a, b) => Number(a.state === "removed") - Number(b.state === "removed"))
                .map((member) => (
                  <li key={member.uid}>
                    <MemberRow member={member} onChanged={team.reload} />
                  </li>
                ))}
            </ul>
          </div>
          <RoleGuide />
          {isAdding && <AddMember onClose={() => setAdding(false)} onAdded={team.reload} />}
        </>
      )}
    </SettingsPart>
  );
}

function MemberRow({ member, onChanged }: { member: Member; onChanged(): void }) {
  const { api } = useApp();
  const { me, can } = useSession();
  const choices = useRoleChoices();
  const [isAsking, setAsking] = useState(false);
  const isMe = member.uid === me.actor.id;
  const mayChange =
    can("team:write") && member.state === "active" && !isMe && (member.role !== "owner" || me.role === "owner");
  const change = useAction(async (role: Role) => {
    await changeRole(api, member.uid, role);
    saySaved(`${member.name} is ${roleNames[role].toLowerCase()} now.`);
    onChanged();
  });
  const remove = useAction(async () => {
    await removeMember(api, member.uid);
    setAsking(false);
    saySaved(`${member.name} was removed.`);
    onChanged();
  });
  return (
    <div className="row">
      <Initials name={member.name} />
      <div className="row-main">
        <div className="row-title">
          <span className="clip">{member.name}</span>
          {isMe && <Tag>You</Tag>}
          {member.state === "removed" && <Tag>Removed</Tag>}
        </div>
        <div className="row-detail">{member.email}</div>
        {change.problem !== undefined && <ProblemNotice problem={change.problem} />}
      </div>
      <div className="row-aside">
        {mayChange ? (
          <>
            <Select
              aria-label={`Role of ${member.name}`}
              size="xs"
              w={116}
              allowDeselect={false}
              disabled={change.isPending}
              data={choices}
              value={member.role}
              onChange={(role) => {
                const chosen = choices.find((choice) => choice.value === role)?.value;
                if (chosen !== undefined && chosen !== member.role) change.run(chosen);
              }}
            />
            <Button size="xs" variant="default" onClick={() => setAsking(true)}>
              Remove
            </Button>
          </>
        ) : (
          <span>{roleNames[member.role]}</span>
        )}
      </div>
      {isAsking && (
        <ConfirmDialog
          title={`Remove ${member.name}?`}
          confirm="Remove member"
          isDangerous
          isPending={remove.isPending}
          problem={remove.problem}
          onConfirm={() => remove.run()}
          onClose={() => setAsking(false)}
        >
          They are signed out everywhere. Their name stays in the audit trail beside what they did.
        </ConfirmDialog>
      )}
    </div>
  );
}

function RoleGuide() {
  return (
    <dl className="facts" style={{ marginTop: 24 }}>
      {allRoles.map((role) => (
        <div key={role} style={{ display: "contents" }}>
          <dt>{roleNames[role]}</dt>
          <dd>{roleWords[role]}</dd>
        </div>
      ))}
    </dl>
  );
}

function AddMember({ onClose, onAdded }: { onClose(): void; onAdded(): void }) {
  const { api } = useApp();
  const choices = useRoleChoices();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("support");
  const [password, setPassword] = useState<string>();
  const intent = useIntentKey();
  const add = useAction(async () => {
    const added = await addMember(api, { name: name.trim(), email: email.trim(), role }, intent.key);
    onAdded();
    setPassword(added.initialPassword);
  });
  if (password !== undefined) {
    return (
      <OnceDialog title={`${name} can sign in now`} label="first password" secret={password} onClose={onClose}>
        Give this password to {name} in a way that you trust. They can change it under Settings, Your password.
      </OnceDialog>
    );
  }
  return (
    <Dialog onClose={onClose} title="Add a member">
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          add.run();
        }}
      >
        <TextInput
          label="Name"
          required
          maxLength={120}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            intent.renew();
          }}
        />
        <TextInput
          label="E-mail"
          type="email"
          required
          autoComplete="off"
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            intent.renew();
          }}
        />
        <Select
          label="Role"
          description={roleWords[role]}
          allowDeselect={false}
          data={choices}
          value={role}
          onChange={(value) => {
            setRole(choices.find((choice) => choice.value === value)?.value ?? "support");
            intent.renew();
          }}
        />
        {add.problem !== undefined && <ProblemNotice problem={add.problem} />}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name.trim() === "" || email.trim() === ""}>
            Add member
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
