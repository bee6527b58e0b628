import { type TriggerName, trigger } from 'cdk-trellis/runtime';

const name = 'preSignUp' as TriggerName;

export const handler = trigger(name, {}, async () => {});
