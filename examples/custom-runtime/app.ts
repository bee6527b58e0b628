import { App } from 'aws-cdk-lib/core';
import { CustomRuntimeStack } from './stack.js';

new CustomRuntimeStack(new App(), 'CustomRuntime');
