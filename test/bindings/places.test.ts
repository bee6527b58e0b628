import { join } from 'node:path';
import { Distribution, LambdaEdgeEventType } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import {
  type DockerImageAssetLocation,
  type FileAssetLocation,
  type FileAssetSource,
  type ISynthesisSession,
  Stack,
  StackSynthesizer,
} from 'aws-cdk-lib/core';
import { AssetFunction } from 'cdk-trellis';
import { oneFunction, Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const project = () => new Project({ 'lambda/main.ts': 'export const handler = async () => 1;' });

describe('a function for Lambda@Edge', () => {
  it.each(['NodeFunction', 'AssetFunction'])('is rejected in one sentence: %s', (kind) => {
    const { app, stack, fn } = oneFunction(project(), './lambda/main.js');
    const code = {
      code: Code.fromInline('def main(e, c): pass'),
      handler: 'index.main',
      runtime: Runtime.PYTHON_3_14,
    };
    const used = kind === 'NodeFunction' ? fn : new AssetFunction(stack, 'Code', code);
    new Distribution(stack, 'Cdn', {
      defaultBehavior: {
        origin: new HttpOrigin('example.com'),
        edgeLambdas: [
          { functionVersion: used.currentVersion, eventType: LambdaEdgeEventType.VIEWER_REQUEST },
        ],
      },
    });
    expect(() => app.synth()).toThrow(
      /The function of `edgeLambdas` must have no layers, environment variables, tracing and JSON logs, .* Use CDK's `cloudfront\.experimental\.EdgeFunction`, or a CloudFront Function \(at Shop\/(Fn|Code)\)/,
    );
  });
});

/** A synthesizer as of stack sets: the assets of the cloud assembly are added to another stack. */
class AddedAgain extends StackSynthesizer {
  readonly keys: string[] = [];
  readonly again: string[] = [];

  constructor(private readonly parent: Stack) {
    super();
  }

  addFileAsset({ fileName, sourceHash }: FileAssetSource): FileAssetLocation {
    const path = join(this.outdir, fileName as string);
    const asset = new Asset(this.parent, `Asset${this.keys.length}`, { path });
    this.keys.push(sourceHash);
    this.again.push(asset.assetHash);
    return {
      bucketName: 'bucket',
      objectKey: sourceHash,
      httpUrl: '',
      s3ObjectUrl: '',
      s3Url: '',
    } as FileAssetLocation;
  }

  addDockerImageAsset(): DockerImageAssetLocation {
    throw new Error('not used');
  }

  synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
  }

  private get outdir(): string {
    return this.parent.node.root.node.tryGetContext('outdir');
  }
}

it('code has the key that it gets when it is added again from the cloud assembly, as stack sets do', () => {
  const shop = project();
  const app = shop.app();
  app.node.setContext('outdir', app.outdir);
  const synthesizer = new AddedAgain(new Stack(app, 'Parent'));
  const stack = new Stack(app, 'Shop', { synthesizer });
  shop.add(stack, 'Fn', './lambda/main.js');
  app.synth();
  expect(synthesizer.keys.length).toBeGreaterThan(1);
  expect(synthesizer.again).toEqual(synthesizer.keys);
});
