import { Popover, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { IconChevronUp, IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { roleNames } from "../words/things.ts";
import { Initials } from "./initials.tsx";

/** Who is signed in, the look, and the way out. */
export function UserMenu({ onGo }: { onGo?: () => void }) {
  const { me, signOut } = useSession();
  const leaving = useAction(signOut);
  const [isOpen, setOpen] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const go = () => {
    setOpen(false);
    onGo?.();
  };
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="top-start"
      width="target"
      shadow="md"
      trapFocus
      returnFocus
      withinPortal={false}
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <button
          type="button"
          className="nav-user"
          aria-label={`Account: ${me.name}`}
          onClick={() => setOpen((before) => !before)}
        >
          <Initials name={me.name} />
          <span className="nav-user-text">
            <span className="clip" style={{ display: "block", fontWeight: 550 }}>
              {me.name}
            </span>
            <span className="soft">{roleNames[me.role]}</span>
          </span>
          <IconChevronUp size={16} stroke={1.6} aria-hidden="true" className="soft" />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="user-menu" aria-label="Account">
        {me.email !== undefined && <div className="user-menu-address clip">{me.email}</div>}
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Look"
          value={colorScheme}
          onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
          data={[
            { value: "auto", label: <Look of={IconDeviceDesktop} name="As the system" /> },
            { value: "light", label: <Look of={IconSun} name="Light" /> },
            { value: "dark", label: <Look of={IconMoon} name="Dark" /> },
          ]}
        />
        <div>
          <Link to="/settings/password" className="nav-link" onClick={go}>
            <IconKey size={17} stroke={1.6} aria-hidden="true" />
            Change password
          </Link>
          <button type="button" className="nav-link" disabled={leaving.isPending} onClick={() => leaving.run()}>
            <IconLogout size={17} stroke={1.6} aria-hidden="true" />
            Sign out
          </button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Look({ of: Icon, name }: { of: typeof IconSun; name: string }) {
  return (
    <span style={{ display: "grid", placeItems: "center", height: 18 }}>
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <span className="only-heard">{name}</span>
    </span>
  );
}
