import { OidcProviderNative, OpenIdConnectPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, DefaultStackSynthesizer, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

const GITHUB = 'token.actions.githubusercontent.com';

export interface DeployerStackProps extends StackProps {
  /** The repository on GitHub, as in `example/shop`. */
  readonly repository: string;
  /** The environment of the repository whose jobs may deploy here; its reviewers and branches are set on GitHub. */
  readonly environment: string;
}

/** Lets a workflow on GitHub deploy to this account, without a key: it shows a token that GitHub has signed. */
export class DeployerStack extends Stack {
  readonly role: Role;

  constructor(scope: Construct, id: string, { repository, environment, ...props }: DeployerStackProps) {
    super(scope, id, props);
    const provider = new OidcProviderNative(this, 'GitHub', {
      url: `https://${GITHUB}`,
      clientIds: ['sts.amazonaws.com'],
    });
    this.role = new Role(this, 'Role', {
      roleName: `deploy-shop-${environment}`,
      // Jobs of this repository's environment only: not of its forks, and of no other branch than GitHub lets in.
      assumedBy: new OpenIdConnectPrincipal(provider, {
        StringEquals: {
          [`${GITHUB}:aud`]: 'sts.amazonaws.com',
          [`${GITHUB}:sub`]: `repo:${repository}:environment:${environment}`,
        },
      }),
    });
    const ofBootstrap = this.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-*-${this.account}-${this.region}`,
    });
    const stacks = this.formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${environment}-Shop/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [ofBootstrap] }));
    // For `trellis diff`.
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [
          'cloudformation:DescribeStacks',
          'cloudformation:DescribeStackResource',
          'cloudformation:GetTemplate',
        ],
        resources: [stacks],
      }),
    );
    for (const wildcard of [ofBootstrap, stacks]) {
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${wildcard.replace(this.partition, '<AWS::Partition>')}]`,
        reason: 'The roles of the bootstrap, and the stacks of this environment, whose ARNs end in an id.',
      });
    }
  }
}
