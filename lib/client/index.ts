export { type ClientOptions, createClient } from './create-client.js';
export { bodyOf, CallError, type CallErrorKind, ResponseError } from './errors.js';
export { paginate } from './paginate.js';
export type { Call, CallInput, CallOptions, CallResult, Client } from './types.js';
export { upload } from './upload.js';
