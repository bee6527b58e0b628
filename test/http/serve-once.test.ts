import { behavesIdempotently } from './idempotent-behaviour.js';
import { services } from './idempotent-service.js';

// The same with a real table: test/local/idempotency.test.ts.
describe.each(['mock', 'handlers in this process'] as const)(
  'an operation that is idempotent, as %s',
  (name) => behavesIdempotently(services[name]),
);
