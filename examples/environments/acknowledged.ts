import { Stack, Validations } from 'aws-cdk-lib/core';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';

/** Wildcard grants that CDK itself gives to the roles of a pipeline. */
const GRANTS_OF_CDK = [
  'Action::kms:GenerateDataKey*',
  'Action::kms:ReEncrypt*',
  'Action::s3:Abort*',
  'Action::s3:DeleteObject*',
  'Action::s3:GetBucket*',
  'Action::s3:GetObject*',
  'Action::s3:List*',
  // Decrypts artifacts and checks for existing stacks.
  'Resource::*',
  // Bootstrap roles, restricted by a condition on their tags.
  'Resource::arn:*:iam::ACCOUNT:role/*',
  'Resource::<PipelineArtifactsBucketAEA9A052.Arn>/*',
  ...[
    '*',
    '<PipelineBuildSynthCdkBuildProject6BEFA8E6>:*',
    '<PipelineUpdatePipelineSelfMutationDAA41400>:*',
  ].map(
    (project) => `Resource::arn:<AWS::Partition>:logs:REGION:ACCOUNT:log-group:/aws/codebuild/${project}`,
  ),
  ...[
    '*',
    '<PipelineBuildSynthCdkBuildProject6BEFA8E6>-*',
    '<PipelineUpdatePipelineSelfMutationDAA41400>-*',
  ].map((project) => `Resource::arn:<AWS::Partition>:codebuild:REGION:ACCOUNT:report-group/${project}`),
];

/** Acknowledges the findings of security scans in a pipeline, each with its reason. */
export function acknowledgePipeline(pipeline: CodePipeline): void {
  const { account, region } = Stack.of(pipeline);
  Validations.of(pipeline).acknowledge(
    {
      id: 'AwsSolutions-S1',
      reason: 'Only the pipeline reads and writes its artifacts, and CloudTrail logs its actions.',
    },
    ...GRANTS_OF_CDK.map((grant) => ({
      id: `AwsSolutions-IAM5[${grant.replace('ACCOUNT', account).replace('REGION', region)}]`,
      reason:
        "CDK's own grants to the pipeline: its artifacts, logs and reports, and the roles of the bootstrap.",
    })),
  );
}
