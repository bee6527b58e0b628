import { CfnRestApi, CfnStage } from 'aws-cdk-lib/aws-apigateway';
import {
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  Stack,
  Validations,
} from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { validateBody } from './private/body-rules.js';
import { throttleGaps } from './private/throttle-rules.js';

/** Something in the OpenAPI body of a REST API that nobody acknowledged. */
export interface ApiBodyFinding {
  /** The rule and the operation, as in `Trellis-ApiSecurity[GET:/admin]`. */
  readonly id: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** The path of the REST API's resource. */
  readonly constructPath: string;
}

/**
 * Finds what cdk-nag cannot see, for it looks at methods as resources and not into OpenAPI bodies: operations that
 * neither have a security scheme nor say that they are public (`security: []`), that have no validator or are not
 * throttled. Looks at every REST API with a body below the scope, whatever has made it.
 *
 * A finding is accepted by `Validations.of(api).acknowledge({ id, reason })`, with the finding's id or its rule's
 * (`Trellis-ApiSecurity`, `Trellis-ApiValidator`, `Trellis-ApiThrottling`, `Trellis-ApiBody`).
 *
 * @example
 * import { checkApiBodies } from 'cdk-trellis';
 *
 * console.assert(checkApiBodies(stack).length === 0);
 */
export function checkApiBodies(scope: IConstruct): ApiBodyFinding[] {
  const all = scope.node.findAll();
  const stages = all.filter((one) => one instanceof CfnStage);
  return all
    .filter((one) => one instanceof CfnRestApi)
    .flatMap((api) => findingsOf(api, stages))
    .filter(({ id, api }) => !isAcknowledged(api, id))
    .map(({ id, message, api }) => ({ id, message, constructPath: api.node.path }));
}

/**
 * The same as a plugin of CDK's validation, next to cdk-nag's packs: a finding fails the synth.
 *
 * @example
 * import { App, Validations } from 'aws-cdk-lib/core';
 * import { ApiBodyChecks } from 'cdk-trellis';
 *
 * Validations.of(new App()).addPlugins(new ApiBodyChecks());
 */
export class ApiBodyChecks implements IPolicyValidationPlugin {
  readonly name = 'cdk-trellis-api-bodies';

  validate({ appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = checkApiBodies(appConstruct).map(({ id, message, constructPath }) => ({
      ruleName: id,
      description: message,
      severity: 'error',
      violatingResources: [{ constructPath, locations: ['Properties/Body'] }],
    }));
    return { success: violations.length === 0, violations };
  }
}

interface Found {
  readonly id: string;
  readonly message: string;
  readonly api: CfnRestApi;
}

function findingsOf(api: CfnRestApi, stages: readonly CfnStage[]): Found[] {
  const stack = Stack.of(api);
  if (api.bodyS3Location) {
    const message =
      'The body stands in S3, where it cannot be checked: use `ApiDefinition.fromInline`, or acknowledge this';
    return [{ id: 'Trellis-ApiBody', message, api }];
  }
  if (!api.body) return [];
  const body = stack.resolve(api.body);
  const id = stack.resolve(api.ref);
  const own = stages
    .filter((stage) => Stack.of(stage) === stack && sameReference(stack.resolve(stage.restApiId), id))
    .map((stage) => stack.resolve(stage.methodSettings) ?? []);
  return [...validateBody(body), ...throttleGaps(body, own)].map((error) => ({ ...error, api }));
}

function sameReference(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** On the resource or what is around it, by the finding's id or its rule's. */
function isAcknowledged(construct: IConstruct, id: string): boolean {
  const accepted = construct.node.scopes.flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data ?? {})),
  );
  const ids = [id, id.replace(/\[.*\]$/, '')];
  return accepted.some((one) => ids.includes(one.replace(/^[\w-]+::/, '')));
}
