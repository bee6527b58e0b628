export { type MockApi, type MockHandlers, type MockOptions, type MockUser, mockApi } from './mock-api.js';
export { type NodeRequest, type NodeResponse, nodeHandler } from './node-handler.js';
