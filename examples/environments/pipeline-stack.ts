import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { acknowledgePipeline } from './acknowledged.js';
import { ShopStage } from './shop-stage.js';

/** Props of a PipelineStack. */
export interface PipelineStackProps extends StackProps {
  /** Repository, for example `example/shop`. */
  readonly repository: string;
  /** ARN of the connection to the repository, created once in the console. */
  readonly connectionArn: string;
}

/** Pipeline that deploys every push to dev, and to prod after a manual approval. It also updates itself. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { repository, connectionArn, ...props }: PipelineStackProps) {
    super(scope, id, props);
    const pipeline = new CodePipeline(this, 'Pipeline', {
      // V2 is billed by the minute; V1 costs $1 per month.
      pipelineType: PipelineType.V2,
      crossAccountKeys: true,
      enableKeyRotation: true,
      // CodeBuild's default Node.js version is too old for the CDK.
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
