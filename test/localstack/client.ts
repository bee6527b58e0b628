import { clientOptions } from '../../lib/local/index.js';

/** Options of an SDK client for a LocalStack, which does not verify signatures. */
export const localStackClient = (endpoint: string) => clientOptions(endpoint, LOCALSTACK_CREDENTIALS);

export const LOCALSTACK_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
