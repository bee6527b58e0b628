import type { CfnLayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Annotations, CfnDeletionPolicy, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { isEphemeral } from '../../target/ephemeral.js';

/**
 * Checks at synth that no deployment can take a layer version away from whoever uses it.
 *
 * @param isKept whether versions that were replaced are meant to stay
 */
export function addLayerCheck(version: LayerVersion, isKept: boolean): void {
  version.node.addValidation({
    validate: () => {
      const outputs = outputsOf(version);
      const exported = outputs.filter(({ exportName }) => exportName !== undefined);
      // A nested stack's outputs are its parent's, and change in the same deployment.
      const isNested = Stack.of(version).nestedStackParent !== undefined;
      const shown = outputs.filter(({ exportName }) => exportName === undefined && !isNested);
      if (isKept) warnOfDeletion(version);
      else if (shown.length > 0) {
        Annotations.of(version).addWarningV2(
          'cdk-trellis:layerInOutput',
          `${paths(shown)} shows the version of a layer that is deleted when the layer changes: nothing else may be configured with it. Share code by a SharedLayer, whose versions are kept.`,
        );
      }
      return exported.length === 0
        ? []
        : [
            `${paths(exported)} exports the version of a layer. It is another one with every change, and CloudFormation refuses to change an export that is in use. Give each stack a version of its own: \`layers: layer.versionsIn(stack)\``,
          ];
    },
  });
}

/** The outputs of the stack, also those that CDK has made for other stacks, which name the version. */
function outputsOf(version: LayerVersion): CfnOutput[] {
  const stack = Stack.of(version);
  const all = stack.node.findAll().filter((child) => child instanceof CfnOutput && child.stack === stack);
  if (all.length === 0) return [];
  const { Ref } = stack.resolve(version.layerVersionArn);
  return (all as CfnOutput[]).filter((output) =>
    JSON.stringify(stack.resolve(output.value)).includes(`{"Ref":"${Ref}"}`),
  );
}

/** An aspect or a call may have changed what the layer was made with. */
function warnOfDeletion(version: LayerVersion): void {
  const { deletionPolicy, updateReplacePolicy } = (version.node.defaultChild as CfnLayerVersion).cfnOptions;
  const kept = [deletionPolicy, updateReplacePolicy].every((policy) => policy === CfnDeletionPolicy.RETAIN);
  if (kept || isEphemeral(version)) return;
  Annotations.of(version).addWarningV2(
    'cdk-trellis:layerDeleted',
    'A deployment deletes the version that it replaces: functions of other stacks that use it go on running, but can no longer be configured with it. Leave its removal policy at RETAIN, or say with the context `trellis:ephemeral` that nobody depends on this app.',
  );
}

function paths(outputs: readonly CfnOutput[]): string {
  return outputs.map(({ node }) => node.path).join(', ');
}
