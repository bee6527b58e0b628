import { OidcProviderNative, OpenIdConnectPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, DefaultStackSynthesizer, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

const GITHUB = 'token.actions.githubusercontent.com';

/** Props of a DeployerStack. */
export interface DeployerStackProps extends StackProps {
  /** GitHub repository, for example `example/shop`. */
  readonly repository: string;
  /** GitHub environment whose jobs may deploy to this account. GitHub's settings define its reviewers and branches. */
  readonly environment: string;
}

/** Role for deployments to this account by a GitHub workflow, which authenticates with a token instead of a key. */
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
      // Only jobs of this environment: no forks, and only the branches that GitHub's settings allow.
      assumedBy: new OpenIdConnectPrincipal(provider, {
        StringEquals: {
          [`${GITHUB}:aud`]: 'sts.amazonaws.com',
          [`${GITHUB}:sub`]: `repo:${repository}:environment:${environment}`,
        },
      }),
    });
    const bootstrapRoles = this.formatArn({
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
    this.role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [bootstrapRoles] }));
    // Required by `trellis diff`.
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
    for (const wildcard of [bootstrapRoles, stacks]) {
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${wildcard.replace(this.partition, '<AWS::Partition>')}]`,
        reason: 'The bootstrap roles and the stacks of this environment, whose ARNs end in a generated id.',
      });
    }
  }
}
