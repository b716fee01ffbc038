import { Link } from "react-router";
import { useSession } from "../hooks/app.tsx";
import { useClosure } from "../hooks/use-closure.ts";
import { bannerText } from "../words/closure.ts";

/** Says on every page that the account is being deleted, and how long is left. */
export function ClosingBanner() {
  const { me } = useSession();
  return me.tenantStatus === "closing" ? <Closing /> : null;
}

function Closing() {
  const { data } = useClosure();
  return (
    <div className="banner" role="status">
      {data === undefined ? "This account is being deleted." : bannerText(data)}{" "}
      <Link className="link" to="/settings/closure">
        Details
      </Link>
    </div>
  );
}
