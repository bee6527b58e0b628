export { type MockApi, type MockHandlers, type MockOptions, type MockUser, mockApi } from './mock-api.js';
export { nodeHandler } from './node-handler.js';
