import { IconLock } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";
import { useSession } from "../hooks/app.tsx";
import { roleNames } from "../words/things.ts";

/** A page that the role may not see. */
export function NotAllowed() {
  const { me } = useSession();
  return (
    <Page title="Not for your role">
      <div className="card">
        <EmptyState
          icon={IconLock}
          title={`The role ${roleNames[me.role].toLowerCase()} does not open this page`}
          action={
            <Link className="link" to="/">
              Go to the start
            </Link>
          }
        >
          Ask an owner or admin of your account if you need it. Your team is listed in Settings, Team.
        </EmptyState>
      </div>
    </Page>
  );
}
