/** The part of the library that is used, by name. @see vertex-auth-library.ts for why */
export { VertexAI } from "@google-cloud/vertexai";
