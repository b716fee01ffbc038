import { Navigate } from "react-router";
import { useSession } from "../hooks/app.tsx";

/** The page that a role starts with. */
export function Home() {
  const { can } = useSession();
  return <Navigate to={can("conversations:read") ? "/conversations" : "/documents"} replace />;
}
