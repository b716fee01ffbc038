/**
 * The parts of the library that are used, by name. A bundler gives a lazily imported CommonJS package as its default
 * export alone; this module is imported lazily in its place.
 */
export { GoogleAuth, OAuth2Client } from "google-auth-library";
