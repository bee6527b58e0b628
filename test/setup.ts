// CloudFormation schema validation costs two seconds per synth: tests that are about it switch it on.
process.env.CDK_VALIDATION ??= 'false';
// Node 20 is a toolchain here; the functions run on the Node of their runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// The logger writes by the global console, which a test can listen to.
process.env.POWERTOOLS_DEV ??= 'true';
