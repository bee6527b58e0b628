// CloudFormation schema validation costs two seconds per synth: tests that are about it switch it on.
process.env.CDK_VALIDATION ??= 'false';
process.env.JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION ??= '1';
