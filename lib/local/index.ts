export type { CloudInfo } from './cloud-info.js';
export type { Contents, DeployedResource } from './contents.js';
export { assertDeployable, synthesizeApp } from './deployment.js';
export { clientOptions, environmentOf, type RootCredentials } from './environment.js';
export { asUserError, LocalCloudError } from './errors.js';

export type { Denial, LocalCloud, LocalCloudOptions } from './local-cloud.js';
export { deleteLocalData, findLocalCloud, startLocalCloud } from './start-local-cloud.js';
export { describeEnd, type StopReport } from './stop-report.js';
