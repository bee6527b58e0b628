import { ApiKey, type IApiKey, type RestApiBase, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { UsagePlanOptions } from '../api-props.js';
import { validateThrottle } from './limits.js';

type Plans = Readonly<Record<string, UsagePlanOptions>>;

/** What is wrong with usage plans. */
export function validateUsagePlans(plans: Plans): string[] {
  const seen = new Map<string | IApiKey, string>();
  return Object.entries(plans).flatMap(([name, { quota, keys, ...throttle }]) => {
    const at = `\`usagePlans.${name}`;
    const found = validateThrottle(at, throttle);
    if (quota && !(Number.isInteger(quota.limit) && quota.limit > 0)) {
      found.push(`${at}.quota.limit\` must be a whole number of requests, got ${quota.limit}`);
    }
    if (!keys?.length) found.push(`${at}.keys\` must name who has the plan, got none`);
    for (const key of keys ?? []) {
      if (typeof key === 'string' && !/^[A-Za-z0-9][\w-]{0,127}$/.test(key)) {
        found.push(`${at}.keys\` must be letters, digits, hyphens and underscores each, got "${key}"`);
      }
      // API Gateway: a key may be in one plan only for each stage.
      if (seen.has(key)) {
        const shown = typeof key === 'string' ? `"${key}"` : 'one key';
        found.push(`${at}.keys\` has ${shown}, which the plan ${seen.get(key)} has already`);
      }
      seen.set(key, name);
    }
    return found;
  });
}

/** The plans of an API, and the keys that were made for them. */
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
