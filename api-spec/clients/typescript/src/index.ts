export * from "./generated.js";
export * from "./errors.js";
export * from "./amounts.js";
export type { CallOptions, Settings } from "./transport.js";
