/** @type {import('jest').Config} */
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^cdk-trellis$': '<rootDir>/lib/index.ts',
    '^cdk-trellis/client$': '<rootDir>/lib/client/index.ts',
    '^cdk-trellis/mock$': '<rootDir>/lib/mock/index.ts',
    '^cdk-trellis/contract$': '<rootDir>/lib/contract/index.ts',
    '^cdk-trellis/testing$': '<rootDir>/lib/testing/index.ts',
    '^cdk-trellis/runtime$': '<rootDir>/lib/runtime/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFiles: ['<rootDir>/test/setup.ts'],
  globalSetup: '<rootDir>/test/before.cjs',
  globalTeardown: '<rootDir>/test/after.cjs',
  // Looking up a global leaves jest's sandbox, and on Node 24 that is slow: a sign-in by SRP took nine seconds.
  sandboxInjectedGlobals: ['Math'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/.trellis/'],
};

module.exports = {
  // Tests deploy to a local cloud and bundle apps; two busy cores take many times as long as an idle machine.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '<rootDir>/test/behaviour/',
        '<rootDir>/test/deployments/',
        '<rootDir>/test/drill/',
        '<rootDir>/test/localstack/drill/',
        '<rootDir>/test/package/',
        '/node_modules/',
      ],
    },
    {
      ...shared,
      displayName: 'behaviour',
      testMatch: ['<rootDir>/test/behaviour/**/*.test.ts'],
      testEnvironment: '<rootDir>/test/behaviour/environment.cjs',
      globalSetup: '<rootDir>/test/behaviour/before.cjs',
      globalTeardown: '<rootDir>/test/behaviour/after.cjs',
    },
    {
      ...shared,
      displayName: 'deployments',
      testMatch: ['<rootDir>/test/deployments/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'drill',
      testMatch: ['<rootDir>/test/drill/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'package',
      testMatch: ['<rootDir>/test/package/**/*.test.ts'],
      globalSetup: '<rootDir>/test/package/before.cjs',
      globalTeardown: '<rootDir>/test/package/after.cjs',
    },
    {
      ...shared,
      displayName: 'localstack',
      testMatch: ['<rootDir>/test/localstack/drill/**/*.test.ts'],
      testEnvironment: '<rootDir>/test/behaviour/environment.cjs',
    },
  ],
};
