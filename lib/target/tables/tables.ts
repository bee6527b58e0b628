import type { Target } from '../target.js';
import type { TargetTable } from '../target-table.js';
import { LOCAL } from './local.js';
import { LOCALSTACK } from './localstack.js';

export const TABLES: Readonly<Record<Exclude<Target, 'aws'>, TargetTable>> = {
  local: LOCAL,
  localstack: LOCALSTACK,
};
