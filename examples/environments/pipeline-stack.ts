import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { acknowledgePipeline } from './acknowledged.js';
import { ShopStage } from './shop-stage.js';

export interface PipelineStackProps extends StackProps {
  /** The repository, as in `example/shop`, and the connection to it that was made once in the console. */
  readonly repository: string;
  readonly connectionArn: string;
}

/** A pipeline in AWS: every push is deployed to dev, and to prod once somebody has agreed. It deploys itself, too. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { repository, connectionArn, ...props }: PipelineStackProps) {
    super(scope, id, props);
    const pipeline = new CodePipeline(this, 'Pipeline', {
      // Billed by the minute; the older type costs $1 a month.
      pipelineType: PipelineType.V2,
      crossAccountKeys: true,
      enableKeyRotation: true,
      // The version that CodeBuild has by default is older than the CDK needs.
      codeBuildDefaults: {
        partialBuildSpec: BuildSpec.fromObject({
          phases: { install: { 'runtime-versions': { nodejs: 22 } } },
        }),
      },
      synth: new ShellStep('Synth', {
        input: CodePipelineSource.connection(repository, 'main', { connectionArn }),
        commands: ['npm ci', 'npm test', 'npx cdk synth --app "npx tsx pipeline.ts"'],
      }),
    });
    pipeline.addStage(new ShopStage(this, 'dev'));
    pipeline.addStage(new ShopStage(this, 'prod'), { pre: [new ManualApprovalStep('Release')] });
    pipeline.buildPipeline();
    acknowledgePipeline(pipeline);
  }
}
