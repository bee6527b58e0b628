import type { CfnLayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Annotations, CfnDeletionPolicy, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { isEphemeral } from '../../target/ephemeral.js';

/**
 * Validates at synth that no deployment deletes a layer version that is in use elsewhere.
 *
 * @param isKept true if replaced versions are retained
 */
export function addLayerCheck(version: LayerVersion, isKept: boolean): void {
  version.node.addValidation({
    validate: () => {
      const outputs = outputsOf(version);
      const exported = outputs.filter(({ exportName }) => exportName !== undefined);
      // A nested stack's outputs belong to its parent and change in the same deployment.
      const isNested = Stack.of(version).nestedStackParent !== undefined;
      const shown = outputs.filter(({ exportName }) => exportName === undefined && !isNested);
      if (isKept) warnOfDeletion(version);
      else if (shown.length > 0) {
        Annotations.of(version).addWarningV2(
          'cdk-trellis:layerInOutput',
          `${paths(shown)} exposes a layer version that is deleted when the layer changes. Share code with a SharedLayer instead, whose versions are retained.`,
        );
      }
      return exported.length === 0
        ? []
        : [
            `${paths(exported)} exports a layer version, which changes with the layer, but CloudFormation does not change an export that is in use. Create a version in each stack: \`layers: layer.versionsIn(stack)\``,
          ];
    },
  });
}

/** Returns the stack's outputs that contain the version, including those that CDK creates for other stacks. */
function outputsOf(version: LayerVersion): CfnOutput[] {
  const stack = Stack.of(version);
  const all = stack.node.findAll().filter((child) => child instanceof CfnOutput && child.stack === stack);
  if (all.length === 0) return [];
  const { Ref } = stack.resolve(version.layerVersionArn);
  return (all as CfnOutput[]).filter((output) =>
    JSON.stringify(stack.resolve(output.value)).includes(`{"Ref":"${Ref}"}`),
  );
}

/** Warns if an aspect or a call has changed the layer's removal policy. */
function warnOfDeletion(version: LayerVersion): void {
  const { deletionPolicy, updateReplacePolicy } = (version.node.defaultChild as CfnLayerVersion).cfnOptions;
  const kept = [deletionPolicy, updateReplacePolicy].every((policy) => policy === CfnDeletionPolicy.RETAIN);
  if (kept || isEphemeral(version)) return;
  Annotations.of(version).addWarningV2(
    'cdk-trellis:layerDeleted',
    'A deployment deletes the version that it replaces: functions of other stacks that use it continue to run, but can no longer be updated. Keep the removal policy RETAIN, or set the context `trellis:ephemeral` if nothing depends on this app.',
  );
}

function paths(outputs: readonly CfnOutput[]): string {
  return outputs.map(({ node }) => node.path).join(', ');
}
