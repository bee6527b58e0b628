import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';

/** EventBridge that accepts every event, anew for each test of the file, and the entries that it received. */
export function acceptingEventBridge() {
  const eventBridge = mockClient(EventBridgeClient);
  beforeEach(() => {
    eventBridge.reset();
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
  });
  const entries = () =>
    eventBridge.commandCalls(PutEventsCommand).flatMap(({ args }) => args[0].input.Entries ?? []);
  return { eventBridge, entries };
}
