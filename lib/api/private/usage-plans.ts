import { ApiKey, type IApiKey, type RestApiBase, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { UsagePlanOptions } from '../api-props.js';
import { validateThrottle } from './limits.js';

type Plans = Readonly<Record<string, UsagePlanOptions>>;

/** Returns the errors of usage plans. */
export function validateUsagePlans(plans: Plans): string[] {
  const seen = new Map<string | IApiKey, string>();
  return Object.entries(plans).flatMap(([name, { quota, keys, ...throttle }]) => {
    const property = `\`usagePlans.${name}`;
    const errors = validateThrottle(['usagePlans', name], throttle);
    if (quota && !(Number.isInteger(quota.limit) && quota.limit > 0)) {
      errors.push(`${property}.quota.limit\` must be a whole number of requests, got ${quota.limit}`);
    }
    if (!keys?.length) errors.push(`${property}.keys\` must have at least one key, got none`);
    for (const key of keys ?? []) {
      if (typeof key === 'string' && !/^[A-Za-z0-9][\w-]{0,127}$/.test(key)) {
        errors.push(
          `${property}.keys\` must be names of letters, digits, hyphens and underscores, got "${key}"`,
        );
      }
      // API Gateway allows a key in one plan per stage.
      if (seen.has(key)) {
        const shown = typeof key === 'string' ? `"${key}"` : 'a key';
        errors.push(
          `${property}.keys\` must be unique across plans, got ${shown}, which the plan ${seen.get(key)} has`,
        );
      }
      seen.set(key, name);
    }
    return errors;
  });
}

/** The plans of an API, and the keys created for them. */
export interface CreatedPlans {
  readonly plans: Readonly<Record<string, UsagePlan>>;
  readonly keys: Readonly<Record<string, IApiKey>>;
}

export function createUsagePlans(parent: Construct, api: RestApiBase, plans: Plans): CreatedPlans {
  const created: { plans: Record<string, UsagePlan>; keys: Record<string, IApiKey> } = {
    plans: {},
    keys: {},
  };
  if (Object.keys(plans).length === 0) return created;
  const scope = new Construct(parent, 'UsagePlans');
  for (const [name, { requestsPerSecond, burst, quota, keys }] of Object.entries(plans)) {
    const plan = new UsagePlan(scope, name, {
      description: `${api.restApiName}: ${name}`,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      ...(quota && { quota }),
      apiStages: [{ api, stage: api.deploymentStage }],
    });
    created.plans[name] = plan;
    for (const key of keys) {
      if (typeof key === 'string') {
        created.keys[key] = new ApiKey(scope, `Key-${key}`, { description: `${name}: ${key}` });
      }
      plan.addApiKey(typeof key === 'string' ? created.keys[key]! : key);
    }
  }
  return created;
}
