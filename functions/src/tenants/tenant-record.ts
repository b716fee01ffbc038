export { changeTenantRecord, findTenantRecord } from "./store.ts";
