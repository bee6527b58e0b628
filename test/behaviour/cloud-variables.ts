import type { LocalCloud } from '../../lib/local/index.js';

/** The variables by which the suite's clients know the keys of the cloud that the application is deployed to. */
export const cloudVariables = ({ credentials }: Pick<LocalCloud, 'credentials'>) => ({
  TRELLIS_ACCESS_KEY_ID: credentials.accessKeyId,
  TRELLIS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});
