export type { CloudInfo } from './cloud-info.js';
export type { Contents, DeployedResource } from './contents.js';
export { assertDeployable, synthesizeApp } from './deployment.js';
export { clientOptions, environmentOf, type RootCredentials } from './environment.js';
export { asUserError, LocalCloudError } from './errors.js';
export { describeEnd, type StopReport } from './kept-state.js';
export {
  type Denial,
  deleteLocalData,
  findLocalCloud,
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from './local-cloud.js';
