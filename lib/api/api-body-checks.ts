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
import { validateThrottling } from './private/throttle-rules.js';

/** An unacknowledged finding in the OpenAPI body of a REST API. */
export interface ApiBodyFinding {
  /** The rule and the operation, as in `Trellis-ApiSecurity[GET:/admin]`. */
  readonly id: string;
  /** The error and its remedy. */
  readonly message: string;
  /** The path of the REST API's resource. */
  readonly constructPath: string;
}

/**
 * Checks the OpenAPI bodies of all REST APIs below a scope, which cdk-nag cannot do: it checks method resources only.
 * Finds operations that have no security scheme and are not declared public (`security: []`), that have no request
 * validator, or that are not throttled. The API may come from any construct.
 *
 * Acknowledge a finding with `Validations.of(api).acknowledge({ id, reason })`, by the finding's id or its rule's
 * (`Trellis-ApiSecurity`, `Trellis-ApiValidator`, `Trellis-ApiThrottling`, `Trellis-ApiBody`).
 *
 * @example
 * import { checkApiBodies } from 'cdk-trellis';
 *
 * console.assert(checkApiBodies(stack).length === 0);
 */
export function checkApiBodies(scope: IConstruct): ApiBodyFinding[] {
  const all = scope.node.findAll();
  const stages = all.filter((construct) => construct instanceof CfnStage);
  return all
    .filter((construct) => construct instanceof CfnRestApi)
    .flatMap((api) => findingsOf(api, stages))
    .filter(({ id, api }) => !isAcknowledged(api, id))
    .map(({ id, message, api }) => ({ id, message, constructPath: api.node.path }));
}

/**
 * Plugin that runs `checkApiBodies` in CDK's validation, like cdk-nag's packs: a finding fails the synthesis.
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

interface Finding {
  readonly id: string;
  readonly message: string;
  readonly api: CfnRestApi;
}

function findingsOf(api: CfnRestApi, stages: readonly CfnStage[]): Finding[] {
  const stack = Stack.of(api);
  if (api.bodyS3Location) {
    const message =
      'The body is in S3 and cannot be checked: use `ApiDefinition.fromInline`, or acknowledge this finding';
    return [{ id: 'Trellis-ApiBody', message, api }];
  }
  if (!api.body) return [];
  const body = stack.resolve(api.body);
  const id = stack.resolve(api.ref);
  const methodSettings = stages
    .filter((stage) => Stack.of(stage) === stack && sameReference(stack.resolve(stage.restApiId), id))
    .map((stage) => stack.resolve(stage.methodSettings) ?? []);
  return [...validateBody(body), ...validateThrottling(body, methodSettings)].map((error) => ({
    ...error,
    api,
  }));
}

function sameReference(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Returns whether the resource or a scope of it acknowledges the finding's id or its rule's. */
function isAcknowledged(construct: IConstruct, id: string): boolean {
  const accepted = construct.node.scopes.flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data ?? {})),
  );
  const ids = [id, id.replace(/\[.*\]$/, '')];
  return accepted.some((acknowledged) => ids.includes(acknowledged.replace(/^[\w-]+::/, '')));
}
