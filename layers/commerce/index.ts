export * from './ids.js';
export * from './money.js';
export * from './problems.js';
